// Runs any vectors file: outputs of networks as core/models does, and their gradients and optimiser steps besides.
import { checkVectors as checkVectorsOf } from "../../models/index.ts";
import type { CheckOptions, CheckReport } from "../../models/index.ts";
import { trainingFamilies } from "./training-families.ts";

/** As core/models' checkVectors, with nothing of a published file left uncomputed. */
export const checkVectors = (vectorsPath: string, options: CheckOptions): Promise<CheckReport> =>
  checkVectorsOf(vectorsPath, options, trainingFamilies);
