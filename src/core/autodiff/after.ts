// Order by data: a value that cannot be computed before others are, whatever a runtime makes of the graph.
import type { Builder, Value } from "../onnx/index.ts";

/** 0 times the first element of each: a scalar that waits for all of them. Not a number where one of them is none. */
export function nothingAfter(g: Builder, ...done: readonly Value[]): Value {
  const [first, ...rest] = done.map((value) => {
    const element = g.slice(g.reshape(value, [-1]), { axis: 0, to: 1 });
    return g.mul(g.squeeze(element, 0), 0);
  });
  return rest.reduce<Value>((sum, each) => g.add(sum, g.cast(each, sum.dtype)), first ?? g.scalar("float32", 0));
}

/** The value itself, once the others are there: x + 0. */
export const after = (g: Builder, value: Value, ...done: readonly Value[]): Value =>
  g.add(value, g.cast(nothingAfter(g, ...done), value.dtype));
