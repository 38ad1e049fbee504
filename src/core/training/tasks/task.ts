// What the loop asks of a task: the gradients of a few examples. What the network is, which losses it has, is the task's own.
import type { Tensor } from "../../tensor/index.ts";
import type { DrawnExample, Example } from "../loop/dataset.ts";

/** Trained tensors by key. */
export type Parameters = Readonly<Record<string, Tensor<"float32">>>;

export type LossReport = {
  /** Each part by name, before its weight, and "total" with weights; means over the examples. */
  readonly losses: Readonly<Record<string, number>>;
};

export type GradientReport = LossReport & {
  /** d total / d parameter; key -> elements in the parameter's order. */
  readonly gradients: Readonly<Record<string, Float32Array>>;
};

export type GradientRequest = {
  readonly parameters: Parameters;
  /** As many as the task was opened for. */
  readonly examples: readonly DrawnExample[];
  /** What the loss is multiplied by before it goes back, so that small gradients survive halves. 1 in float32. */
  readonly lossScale: number;
};

export type TrainingTask = AsyncDisposable & {
  /** Key -> dims of what is trained. Nothing else changes, and nothing else travels. */
  readonly trained: ReadonlyMap<string, readonly number[]>;
  /** How many blocks are computed again on the way back, and the estimates without and with that. */
  readonly recomputation: { readonly blocks: number; readonly keptBytes: number; readonly chosenBytes: number };
  /** What training begins from. */
  readonly initial: () => Promise<Parameters>;
  readonly gradients: (request: GradientRequest) => Promise<GradientReport>;
  /** The losses alone. */
  readonly losses: (request: Omit<GradientRequest, "lossScale">) => Promise<LossReport>;
};

/** Opens a task for so many examples at once; again with fewer when memory runs out. */
export type OpenTask = (examplesAtOnce: number) => Promise<TrainingTask>;

export type { DrawnExample, Example };
