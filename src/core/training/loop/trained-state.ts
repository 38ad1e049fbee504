// What training changes: parameters, their moments, their moving average. One step of the optimiser over all of them.
import { assert } from "../../../shared/failure/index.ts";
import { adamWRates, updateGraph, warmedDecay } from "../../autodiff/index.ts";
import type { AdamWOptions } from "../../autodiff/index.ts";
import { encodeModel } from "../../onnx/index.ts";
import type { Runtime, Session } from "../../onnx/index.ts";
import { elementCount, floats, tensorOf, zeros } from "../../tensor/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import type { Parameters } from "../tasks/task.ts";

/** By key, each in its parameter's dims; float32 whatever the network computes in. */
export type TrainedState = {
  readonly parameter: Parameters;
  readonly first: Parameters;
  readonly second: Parameters;
  readonly average: Parameters;
};

export const stateKinds = [
  "parameter",
  "first",
  "second",
  "average",
] as const satisfies readonly (keyof TrainedState)[];

/** Moments of zeros. The average begins as the parameters, and is the very same tensors where none is kept. */
export function freshState(parameter: Parameters, averages: "keeps-average" | "no-average"): TrainedState {
  const nothing = () =>
    Object.fromEntries(Object.entries(parameter).map(([key, { dims }]) => [key, zeros("float32", dims)]));
  const copies = () =>
    Object.fromEntries(
      Object.entries(parameter).map(([key, { dims, data }]) => [key, tensorOf("float32", dims, data.slice())]),
    );
  const average = averages === "keeps-average" ? copies() : parameter;
  return { parameter, first: nothing(), second: nothing(), average };
}

export type UpdateRequest = {
  readonly gradients: Readonly<Record<string, Float32Array>>;
  /** What gradients are multiplied by before they are used. */
  readonly factor: number;
  readonly learningRate: number;
  /** 1 for the first update. */
  readonly update: number;
};

export type Optimiser = AsyncDisposable & {
  /** Changes the tensors of the state where they are. */
  readonly step: (state: TrainedState, request: UpdateRequest) => Promise<void>;
};

export type OptimiserOptions = {
  readonly runtime: Runtime;
  readonly threads: number;
  readonly adamW: AdamWOptions;
  /** Of the moving average, late in training; 0 keeps no average but the last parameters. */
  readonly averageDecay: number;
};

/** On the processor, tensor by tensor: the new values of one stand beside its old ones, no more than that. */
export async function openOptimiser(options: OptimiserOptions): Promise<Optimiser> {
  const { runtime, threads, adamW, averageDecay } = options;
  const model = await encodeModel(updateGraph(adamW));
  const session = await runtime.openSession("update", model, { providers: ["cpu"], threads });
  return {
    step: async (state, { gradients, factor, learningRate, update }) => {
      const forgotten = averageDecay === 0 ? 1 : 1 - warmedDecay(averageDecay, update - 1);
      const rates = { ...adamWRates(update, learningRate, adamW), factor, forgotten };
      const scalars = Object.fromEntries(Object.entries(rates).map(([name, value]) => [name, floats([], [value])]));
      for (const key of Object.keys(state.parameter)) await stepOne(session, { state, key, gradients, scalars });
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

type One = {
  readonly state: TrainedState;
  readonly key: string;
  readonly gradients: UpdateRequest["gradients"];
  readonly scalars: Readonly<Record<string, Tensor>>;
};

async function stepOne(session: Session, { state, key, gradients, scalars }: One): Promise<void> {
  const dims = state.parameter[key]?.dims ?? [];
  const flat = (data: Float32Array | undefined): Tensor<"float32"> => {
    assert(data?.length === elementCount(dims), `${key} and what belongs to it are of one shape`);
    return tensorOf("float32", [data.length], data);
  };
  const feeds = Object.fromEntries(stateKinds.map((kind) => [kind, flat(state[kind][key]?.data)]));
  const results = await session.run({ ...feeds, gradient: flat(gradients[key]), ...scalars });
  for (const kind of stateKinds) {
    const result = results[`next/${kind}`];
    assert(result?.dtype === "float32", "an update gives floats");
    state[kind][key]?.data.set(result.data);
  }
}

/** √ Σ gradient² over all tensors, in doubles; not finite when one of them is not. */
export function normOf(gradients: Readonly<Record<string, Float32Array>>): number {
  let squares = 0;
  for (const values of Object.values(gradients))
    // By index: an iterator over hundreds of millions of numbers takes many times as long.
    for (let i = 0; i < values.length; i += 1) squares += (values[i] ?? 0) ** 2;
  return Math.sqrt(squares);
}

/** Adds each gradient into the sum, in place; what is first becomes the sum. */
export function accumulate(
  sum: Record<string, Float32Array>,
  gradients: Readonly<Record<string, Float32Array>>,
): Record<string, Float32Array> {
  for (const [key, values] of Object.entries(gradients)) {
    const before = sum[key];
    if (before === undefined) sum[key] = values;
    else for (let i = 0; i < before.length; i += 1) before[i] = (before[i] ?? 0) + (values[i] ?? 0);
  }
  return sum;
}
