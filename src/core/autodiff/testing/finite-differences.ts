// For tests: gradients of small graphs against central differences in doubles.
import { assert } from "../../../shared/failure/index.ts";
import { randomFrom } from "../../base/index.ts";
import { evaluateInDoubles, graph, tensorFromValues } from "../../onnx/index.ts";
import type { Builder, Dense, Graph, Value } from "../../onnx/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { elementCount } from "../../tensor/index.ts";
import { backward, gradientName } from "../backward.ts";

/** Seeded small shapes and numbers. */
export type Draw = {
  /** A size from 1 to `most`, or from `least`. */
  readonly size: (most?: number, least?: number) => number;
  readonly floats: (dims: readonly number[], range?: readonly [number, number]) => Tensor;
  readonly integers: (dims: readonly number[], range: readonly [number, number]) => Tensor;
};

export function drawFrom(seed: number): Draw {
  const random = randomFrom(seed);
  const between = (low: number, high: number) => low + (high - low) * random.uniform();
  const values = (dims: readonly number[], next: () => number) =>
    Float64Array.from({ length: elementCount(dims) }, next);
  return {
    size: (most = 4, least = 1) => least + Math.floor((most - least + 1) * random.uniform()),
    floats: (dims, [low, high] = [-1, 1]) =>
      tensorFromValues(
        "float32",
        dims,
        values(dims, () => between(low, high)),
      ),
    integers: (dims, [low, high]) =>
      tensorFromValues(
        "int64",
        dims,
        values(dims, () => Math.floor(between(low, high))),
      ),
  };
}

/** A small function of named tensors; gradients are taken with respect to its float32 ones. */
export type Case = {
  readonly feeds: Readonly<Record<string, Tensor>>;
  readonly build: (g: Builder, inputs: readonly Value[]) => Value | readonly Value[];
};

const isFloat = ({ dtype }: Tensor): boolean => dtype === "float32";
const isList = (built: Value | readonly Value[]): built is readonly Value[] => Array.isArray(built);

/** The case with the loss Σ w y over all its outputs, w seeded: no two elements of a gradient may be exchanged unseen. */
export function lossGraph({ feeds, build }: Case): Graph {
  const draw = drawFrom(99);
  return graph("case", (g) => {
    const inputs = Object.entries(feeds).map(([name, { dtype, dims }]) => g.input(name, dtype, dims));
    const built = build(g, inputs);
    const losses = (isList(built) ? built : [built]).map((y) => {
      const weight = g.constant(draw.floats(y.dims.map(Number), [0.5, 1.5]));
      return g.reduceSum(g.mul(y, weight), [...y.dims.keys()], "drop");
    });
    return { loss: losses.reduce((total, loss) => g.add(total, loss)) };
  });
}

export const gradientGraph = (given: Case): Graph =>
  backward(lossGraph(given), {
    loss: "loss",
    of: Object.entries(given.feeds).flatMap(([name, tensor]) => (isFloat(tensor) ? [name] : [])),
  });

const denseOf = ({ dims, data }: Tensor): Dense => ({
  dims,
  values: Float64Array.from(data as ArrayLike<number>, Number),
});
const densesOf = (feeds: Case["feeds"]) =>
  Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, denseOf(tensor)]));

/** Gradients by name, as the rules say, in doubles. */
export const ruledGradients = async (given: Case): Promise<Readonly<Record<string, Dense>>> =>
  evaluateInDoubles(gradientGraph(given), densesOf(given.feeds));

/** d loss / dx_i = (loss(x + h e_i) − loss(x − h e_i)) / 2h, for every element of every float input. */
export async function differenceGradients(given: Case, step = 1e-5): Promise<Readonly<Record<string, Dense>>> {
  const loss = lossGraph(given);
  const feeds = densesOf(given.feeds);
  const lossAt = async (name: string, at: number, move: number): Promise<number> => {
    const feed = feeds[name];
    assert(feed, `the case has no input ${name}`);
    const values = feed.values.map((value, i) => (i === at ? value + move : value));
    const results = await evaluateInDoubles(loss, { ...feeds, [name]: { dims: feed.dims, values } });
    return results["loss"]?.values[0] ?? NaN;
  };
  const gradients: Record<string, Dense> = {};
  for (const [name, tensor] of Object.entries(given.feeds)) {
    if (!isFloat(tensor)) continue;
    const values = new Float64Array(elementCount(tensor.dims));
    for (let at = 0; at < values.length; at += 1)
      values[at] = ((await lossAt(name, at, step)) - (await lossAt(name, at, -step))) / (2 * step);
    gradients[gradientName(name)] = { dims: tensor.dims, values };
  }
  return gradients;
}

const lengthOf = (values: Float64Array): number => Math.hypot(...values);

/** ‖found − expected‖ / ‖expected‖, or the plain distance from zeros. */
export function distance(found: Dense | undefined, expected: Dense): number {
  assert(
    found?.dims.join() === expected.dims.join(),
    `[${found?.dims.join()}] is compared with [${expected.dims.join()}]`,
  );
  const error = lengthOf(expected.values.map((value, i) => value - (found.values[i] ?? NaN)));
  return error / (lengthOf(expected.values) || 1);
}
