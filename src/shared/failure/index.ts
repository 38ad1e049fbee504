// The door of shared/failure: the three kinds of failure, as values that cross every process boundary.
export { assert, unreachable } from "./assert.ts";
export { DubError, failed, fromFailureData, refused, toFailureData } from "./dub-error.ts";
export type { FailureData, FailureKind } from "./dub-error.ts";
