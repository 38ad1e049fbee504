// What a foreign model may ask of us, and which parts of ONNX are refused however they are written.
import { refused } from "../../../shared/failure/index.ts";
import type { DubError } from "../../../shared/failure/index.ts";

export type ModelLimits = {
  readonly maxFileBytes: number;
  readonly maxNodes: number;
  readonly maxInitialisers: number;
  readonly maxRank: number;
  /** All initialisers together. */
  readonly maxWeightBytes: number;
  readonly maxNameLength: number;
};

/** Far above every face or speech model met, far below what would hurt. */
export const foreignLimits: ModelLimits = {
  maxFileBytes: 1 << 30,
  maxNodes: 20_000,
  maxInitialisers: 20_000,
  maxRank: 8,
  maxWeightBytes: 1 << 30,
  maxNameLength: 1024,
};

/** Ours are as large as the networks are; the bound only stops a damaged count. */
export const ownLimits: ModelLimits = {
  maxFileBytes: 2 ** 31 - 1,
  maxNodes: 1_000_000,
  maxInitialisers: 1_000_000,
  maxRank: 16,
  maxWeightBytes: 2 ** 46,
  maxNameLength: 4096,
};

/** A model that breaks the format or asks for something no model needs. */
export const invalid = (message: string, details: Readonly<Record<string, unknown>> = {}): DubError =>
  refused("onnx.invalid-model", { message, hint: "Use a model from a source you trust.", details });

/** A model that is right but uses what this house does not run. */
export const unsupported = (message: string, details: Readonly<Record<string, unknown>> = {}): DubError =>
  refused("onnx.unsupported-model", {
    message,
    hint: "Export the model with standard operators, opset 13 to 21.",
    details,
  });
