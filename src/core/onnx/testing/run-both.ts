// For tests of this room: one graph through ONNX Runtime on the CPU and through the reference kernels.
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { randomFrom } from "../../base/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { elementCount } from "../../tensor/index.ts";
import { tensorFromValues, valuesOf } from "../graph/dtype.ts";
import type { Graph } from "../graph/graph.ts";
import { encodeModel } from "../proto/write-model.ts";
import { evaluateGraph } from "../reference/evaluate.ts";
import { fromOrt, toOrt } from "../session/ort-tensor.ts";

type Feeds = Readonly<Record<string, Tensor>>;

/** Seeded numbers in [low, high). */
export function noise(dims: readonly number[], seed = 1, [low, high]: readonly [number, number] = [-1, 1]): Tensor {
  const random = randomFrom(seed);
  const values = Float64Array.from({ length: elementCount(dims) }, () => low + (high - low) * random.uniform());
  return tensorFromValues("float32", dims, values);
}

/** Seeded integers in [low, high). */
export function integers(
  dtype: "int8" | "uint8" | "int64" | "int32",
  dims: readonly number[],
  [low, high]: readonly [number, number],
): Tensor {
  const random = randomFrom(7);
  const values = Float64Array.from(
    { length: elementCount(dims) },
    () => low + Math.floor((high - low) * random.uniform()),
  );
  return tensorFromValues(dtype, dims, values);
}

export async function runOrt(
  graph: Graph,
  feeds: Feeds,
  options: InferenceSession.SessionOptions = {},
): Promise<Feeds> {
  const session = await InferenceSession.create(await encodeModel(graph), {
    logSeverityLevel: 3,
    intraOpNumThreads: 1,
    ...options,
  });
  try {
    const given = Object.entries(feeds).map(([name, { dtype, data, dims }]) => {
      // A copy, so that views of a pool are never handed to the native side.
      return [name, toOrt(OrtTensor, { dtype, dims, data: data.slice() } as Tensor)] as const;
    });
    const results = await session.run(Object.fromEntries(given));
    return Object.fromEntries(Object.entries(results).map(([name, value]) => [name, fromOrt(value)]));
  } finally {
    await session.release();
  }
}

export type Difference = { readonly output: string; readonly relative: number; readonly dims: readonly number[] };

/** Relative error of two sets of outputs, output by output; dims must be equal. */
export function differences(found: Feeds, expected: Feeds): readonly Difference[] {
  return Object.entries(expected).map(([output, wanted]) => {
    const got = found[output];
    if (got === undefined || got.dims.join() !== wanted.dims.join() || got.dtype !== wanted.dtype)
      return {
        output: `${output}: ${got?.dtype}[${got?.dims.join()}], expected ${wanted.dtype}[${wanted.dims.join()}]`,
        relative: Infinity,
        dims: wanted.dims,
      };
    const [a, b] = [valuesOf(got), valuesOf(wanted)];
    const size = Math.sqrt(b.reduce((sum, value) => sum + value * value, 0));
    const error = Math.sqrt(a.reduce((sum, value, i) => sum + (value - (b[i] ?? 0)) ** 2, 0));
    return { output, relative: size === 0 ? error : error / size, dims: wanted.dims };
  });
}

/** ONNX Runtime against the reference kernels. */
export const runBoth = async (graph: Graph, feeds: Feeds): Promise<readonly Difference[]> =>
  differences(await runOrt(graph, feeds), await evaluateGraph(graph, feeds));
