// Gated products taken apart: the same numbers, no split product, rows in blocks, and only where nobody else reads them.
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

test("a feed-forward over many rows goes through them in equal blocks, and gives the same", async () => {
  const [rows, width, hidden] = [2190, 4, 4096];
  const wide = weightsInMemory({ w: noise([2 * hidden, width], 4), v: noise([width, hidden], 5) });
  const whole = graph(
    "feed forward",
    (g) => ({ y: g.linear(g.geglu(g.linear(g.input("x", "float32", ["n", 3, width]), g.weight("w"))), g.weight("v")) }),
    { weights: wide },
  );
  const feeds = { x: noise([rows / 3, 3, width], 6) };
  const blocked = variantOf(whole, { lowering: "cpu", sizes: { n: rows / 3 } });
  // 2190 rows of value and gate are 68 MiB: four blocks of 20 MiB would do, but only five divide the rows evenly.
  const [split] = blocked.nodes.filter(({ op }) => op === "Split");
  expect(split?.outputs).toHaveLength(5);
  expect(blocked.nodes.filter(({ op }) => op === "Gelu")).toHaveLength(5);
  const open = variantOf(whole, { lowering: "cpu" });
  expect(open.nodes.map(({ op }) => op)).not.toContain("Split");
  const [difference] = differences(await runOrt(blocked, feeds), await runOrt(open, feeds));
  expect(difference?.relative).toBeLessThan(1e-6);
});
