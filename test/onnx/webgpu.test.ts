// The plain variant on WebGPU over a software device (SwiftShader, as it ships with Chromium): numbers, and nodes that fell back.
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env } from "node:process";
import { expect, test } from "vitest";
import { silentLogger } from "../../src/core/base/index.ts";
import {
  encodeModel,
  evaluateGraph,
  graph,
  loweringOf,
  openRuntime,
  tensorFromValues,
  valuesOf,
  variantOf,
  weightsInMemory,
} from "../../src/core/onnx/index.ts";
import type { Builder, Value } from "../../src/core/onnx/index.ts";
import { elementCount, relativeError } from "../../src/core/tensor/index.ts";
import { randomFrom } from "../../src/core/base/index.ts";

const softwareDevice = "/usr/lib/chromium/vk_swiftshader_icd.json";

function noise(dims: readonly number[], seed: number) {
  const random = randomFrom(seed);
  return tensorFromValues(
    "float32",
    dims,
    Float64Array.from({ length: elementCount(dims) }, () => random.uniform() - 0.5),
  );
}

const keys: readonly (readonly [string, readonly number[]])[] = [
  ["norm1.weight", [8]],
  ["norm1.bias", [8]],
  ["conv1.weight", [8, 8, 3, 3]],
  ["conv1.bias", [8]],
  ["down.weight", [8, 8, 3, 3]],
  ["to_q.weight", [8, 8]],
  ["to_k.weight", [8, 6]],
  ["to_v.weight", [8, 6]],
  ["proj.weight", [16, 8]],
  ["proj.bias", [16]],
  ["ln.weight", [8]],
  ["ln.bias", [8]],
];
const weights = weightsInMemory(Object.fromEntries(keys.map(([key, dims], i) => [key, noise(dims, i + 1)])));

/** What a diffusion block is made of: norm, convolution, down, up, cross-attention, gated feed-forward. */
function block(g: Builder, x: Value, context: Value): Value {
  const h = g.layers.conv("conv1", g.layers.groupNorm("norm1", x, { groups: 4, activation: "silu" }), { padding: 1 });
  const up = g.resize(g.layers.conv("down", h, { stride: 2, padding: 1 }), [1, 1, 2, 2], { mode: "nearest" });
  const tokens = g.reshape(g.transpose(g.add(up, x), [0, 2, 3, 1]), ["batch", -1, 8]);
  const [q, k, v] = [
    g.layers.linear("to_q", tokens),
    g.layers.linear("to_k", context),
    g.layers.linear("to_v", context),
  ];
  const mixed = g.add(tokens, g.attention(q, k, v, { heads: 2 }));
  return g.geglu(g.layers.linear("proj", g.layers.layerNorm("ln", mixed)));
}

const network = graph(
  "block",
  (g) => {
    const x = g.input("x", "float32", ["batch", 8, "4*height", "4*width"]);
    return { y: block(g, x, g.input("context", "float32", ["batch", 5, 6])) };
  },
  { weights },
);

test("the plain variant on WebGPU gives the definition's numbers and leaves no node to the CPU", async ({ skip }) => {
  if (env["VK_ICD_FILENAMES"] === undefined && !existsSync(softwareDevice)) {
    console.warn(`\n*** WEBGPU WAS NOT TRIED: no Vulkan driver and no ${softwareDevice} on this machine ***\n`);
    skip("no Vulkan driver");
  }
  env["VK_ICD_FILENAMES"] ??= softwareDevice;
  const runtime = await openRuntime({ role: "test", logger: silentLogger });
  const folder = await mkdtemp(join(tmpdir(), "dubwright-webgpu-"));
  try {
    const sizes = { batch: 2, height: 2, width: 2 };
    const variant = variantOf(network, { lowering: loweringOf.webgpu, sizes });
    await using session = await runtime.openSession("block", await encodeModel(variant), {
      providers: ["webgpu"],
      fallBack: "never",
      profilePrefix: join(folder, "profile"),
    });
    const feeds = { x: noise([2, 8, 8, 8], 21), context: noise([2, 5, 6], 22) };
    const [found, expected] = [await session.run(feeds), await evaluateGraph(network, feeds)];
    const error = found["y"] && expected["y"] ? relativeError(found["y"], expected["y"]) : Number.NaN;
    const { nodes, onCpu } = await session.takePlacement();
    console.info(
      `WebGPU: relative error ${error.toExponential(1)}, nodes ${JSON.stringify(nodes)}, fell back: ${onCpu.length} ${onCpu.join(" ")}`,
    );
    expect(error).toBeLessThan(1e-5);
    expect(onCpu).toEqual([]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("norms on WebGPU stay right where the mean is a hundred times the deviation", async ({ skip }) => {
  if (env["VK_ICD_FILENAMES"] === undefined && !existsSync(softwareDevice)) skip("no Vulkan driver");
  env["VK_ICD_FILENAMES"] ??= softwareDevice;
  const runtime = await openRuntime({ role: "test", logger: silentLogger });
  const norms = graph(
    "norms",
    (g) => {
      const x = g.input("x", "float32", [2, 8, 64]);
      const tokens = g.input("tokens", "float32", [2, 64, 8]);
      return { group: g.layers.groupNorm("norm1", x, { groups: 4 }), layer: g.layers.layerNorm("ln", tokens) };
    },
    { weights },
  );
  const shifted = (dims: readonly number[], seed: number) =>
    tensorFromValues(
      "float32",
      dims,
      valuesOf(noise(dims, seed)).map((v) => 10 + 0.2 * v),
    );
  const feeds = { x: shifted([2, 8, 64], 31), tokens: shifted([2, 64, 8], 32) };
  const expected = await evaluateGraph(norms, feeds);
  const variant = await encodeModel(variantOf(norms, { lowering: "webgpu" }));
  await using session = await runtime.openSession("norms", variant, { providers: ["webgpu"], fallBack: "never" });
  const found = await session.run(feeds);
  for (const name of ["group", "layer"]) {
    const [a, b] = [found[name], expected[name]];
    expect.soft(a && b ? relativeError(a, b) : Number.NaN, name).toBeLessThan(5e-5);
  }
});
