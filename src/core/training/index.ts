// The door of core/training: what teaches the networks, from gradients checked against the reference on.
export { checkVectors } from "./vectors/check-vectors.ts";
export { trainingFamilies } from "./vectors/training-families.ts";
