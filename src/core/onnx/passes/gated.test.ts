// Splitting a gated product: the same numbers, no Split left, and only where nobody else reads the wide product.
import { expect, test } from "vitest";
import { graph } from "../build/graph-builder.ts";
import type { Builder } from "../build/graph-builder.ts";
import type { Value } from "../graph/graph.ts";
import { multiplyAddsOf } from "../graph/multiply-adds.ts";
import { weightsInMemory } from "../graph/weights.ts";
import { differences, noise, runOrt } from "../testing/run-both.ts";
import { evaluateGraph } from "../reference/evaluate.ts";
import { variantOf } from "./variant.ts";

const weights = weightsInMemory({ w: noise([24, 5], 1), b: noise([24], 2) });
const gated = (use: (g: Builder, wide: Value) => Readonly<Record<string, Value>>) =>
  graph("gated", (g) => use(g, g.linear(g.input("x", "float32", ["n", 3, 5]), g.weight("w"), g.weight("b"))), {
    weights,
  });
const x = noise([2, 3, 5], 3);

test("a gated product becomes two that give the same, without a split", async () => {
  const whole = gated((g, wide) => ({ y: g.geglu(wide) }));
  const suited = variantOf(whole, { lowering: "cpu", sizes: { n: 2 } });
  expect(suited.nodes.map(({ op }) => op)).not.toContain("Split");
  expect(multiplyAddsOf(suited)).toBe(multiplyAddsOf(whole, { n: 2 }));
  const [difference] = differences(await runOrt(suited, { x }), await evaluateGraph(whole, { x }));
  expect(difference?.relative).toBeLessThan(1e-6);
});

test("a wide product that others read too is computed once and split", () => {
  const shared = variantOf(
    gated((g, wide) => ({ y: g.geglu(wide), wide })),
    { lowering: "cpu" },
  );
  expect(shared.nodes.map(({ op }) => op)).toContain("Split");
});
