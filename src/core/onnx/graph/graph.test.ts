// Rules of building graphs.
import { expect, test } from "vitest";
import type { Builder } from "../build/graph-builder.ts";
import { graph } from "../build/graph-builder.ts";
import { tensorFromValues } from "./dtype.ts";
import type { Value } from "./graph.ts";
import { weightsInMemory } from "./weights.ts";

const zeros = (...dims: number[]) =>
  tensorFromValues("float32", dims, new Float32Array(dims.reduce((a, b) => a * b, 1)));

const residualWeights = weightsInMemory({
  "down_blocks.0.norm1.weight": zeros(8),
  "down_blocks.0.norm1.bias": zeros(8),
  "down_blocks.0.conv1.weight": zeros(16, 8, 3, 3),
  "down_blocks.0.conv1.bias": zeros(16),
  "down_blocks.0.conv_shortcut.weight": zeros(16, 8, 1, 1),
});

/** y = shortcut(x) + conv1(silu(norm1(x))). */
function residual(g: Builder, x: Value): Value {
  const h = g.layers.groupNorm("norm1", x, { groups: 4, activation: "silu" });
  const shortcut = g.hasWeight("conv_shortcut.weight") ? g.layers.conv("conv_shortcut", x) : x;
  return g.add(shortcut, g.layers.conv("conv1", h, { padding: 1 }));
}

test("a definition gives nodes named after the checkpoint's keys, and dims in the input's symbols", () => {
  const built = graph(
    "residual",
    (g) => {
      const x = g.input("x", "float32", ["batch", 8, "8*height", "8*width"]);
      return { y: residual(g.scope("down_blocks.0"), x) };
    },
    { weights: residualWeights },
  );
  expect(built.nodes.map((node) => node.name)).toEqual([
    "down_blocks.0.norm1.GroupNormActivation",
    "down_blocks.0.conv_shortcut.Conv",
    "down_blocks.0.conv1.Conv",
    "down_blocks.0.Add",
  ]);
  expect(built.outputs[0]?.value.dims).toEqual(["batch", 16, "8*height", "8*width"]);
});

test("halving and doubling a picture whose sides are multiples of 8 gives the sides again", () => {
  const built = graph("halves", (g) => {
    const x = g.input("x", "float32", ["n", 4, "8*h", "8*w"]);
    const w = g.constant(zeros(4, 4, 3, 3));
    const down = g.conv(x, w, { stride: 2, padding: 1 });
    return { y: g.add(x, g.resize(down, [1, 1, 2, 2], { mode: "nearest" })) };
  });
  expect(built.outputs[0]?.value.dims).toEqual(["n", 4, "8*h", "8*w"]);
});

test("sizes that cannot be proven equal are refused with the node's name", () => {
  expect(() =>
    graph("bad", (g) => {
      const x = g.input("x", "float32", ["n", 4]);
      const y = g.input("y", "float32", ["m", 4]);
      return { z: g.scope("up").add(x, y) };
    }),
  ).toThrow(/up\.Add.*n is not m/);
});

const oneWeight = (key: string, dims: readonly number[]) =>
  graph("one", (g) => ({ w: g.scope("down_blocks.0").weight(key, dims) }), { weights: residualWeights });

test("a missing or misshapen weight is refused by its key", () => {
  expect(() => oneWeight("conv9.weight", [8])).toThrow(/down_blocks\.0\.conv9\.weight/);
  expect(() => oneWeight("norm1.bias", [9])).toThrow(/is \[8\]; the network needs \[9\]/);
});

test("frames fold into the batch and come back", () => {
  const built = graph("frames", (g) => {
    const x = g.input("x", "float32", ["batch", 4, "frames", "8*h", "8*w"]);
    const flat = g.reshape(g.transpose(x, [0, 2, 1, 3, 4]), ["batch*frames", 4, "8*h", "8*w"]);
    const back = g.transpose(g.reshape(flat, ["batch", "frames", 4, "8*h", "8*w"]), [0, 2, 1, 3, 4]);
    return { flat, back };
  });
  expect(built.outputs.map(({ value }) => value.dims)).toEqual([
    ["batch*frames", 4, "8*h", "8*w"],
    ["batch", 4, "frames", "8*h", "8*w"],
  ]);
});
