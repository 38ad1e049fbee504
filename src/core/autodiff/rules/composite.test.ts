// The attention's gradient a few batch items at a time is the gradient of all at once.
import { expect, test } from "vitest";
import { evaluateInDoubles, graph } from "../../onnx/index.ts";
import { drawFrom } from "../testing/finite-differences.ts";
import { attentionRule } from "./composite.ts";

test.each([
  ["one item", 4],
  ["two items", 2 * 2 * 3 * 5],
])("with room for the scores of %s", async (_, most) => {
  const draw = drawFrom(3);
  const feeds = {
    query: draw.floats([4, 3, 8]),
    key: draw.floats([4, 5, 8]),
    value: draw.floats([4, 5, 8]),
    dy: draw.floats([4, 3, 8]),
  };
  const dense = Object.fromEntries(
    Object.entries(feeds).map(([name, { dims, data }]) => [name, { dims, values: Float64Array.from(data, Number) }]),
  );
  const gradients = (limit: number) => {
    const made = graph("attended", (g) => {
      const [query, key, value, dy] = Object.entries(feeds).map(([name, { dims }]) => g.input(name, "float32", dims));
      if (!query || !key || !value || !dy) throw new Error("four inputs");
      const y = g.attention(query, key, value, { heads: 2 });
      const inputs = [query, key, value, undefined];
      const x = (index: number) => inputs[index] ?? query;
      const attributes = { heads: 2, scale: undefined };
      const [dq, dk, dv] = attentionRule(limit)({ g, attributes, inputs, x, y, dy, dys: [dy], outputs: [y] });
      return { dq: dq ?? y, dk: dk ?? y, dv: dv ?? y };
    });
    return evaluateInDoubles(made, dense);
  };
  const [parts, whole] = [await gradients(most), await gradients(1e9)];
  for (const name of ["dq", "dk", "dv"]) {
    expect(parts[name]?.dims).toEqual(whole[name]?.dims);
    parts[name]?.values.forEach((value, i) => expect(value).toBeCloseTo(whole[name]?.values[i] ?? NaN, 12));
  }
});
