// The WebGPU variant over a software device (SwiftShader, as it ships with Chromium): numbers, and nodes that fell back.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { randomFrom, silentLogger } from "../../src/core/base/index.ts";
import { latentSyncUnet, parametersOf, unetGraph } from "../../src/core/models/index.ts";
import type { UnetConfig } from "../../src/core/models/index.ts";
import {
  encodeModel,
  graph,
  lendSoftwareDevice,
  loweringOf,
  openRuntime,
  tensorFromValues,
  valuesOf,
  variantOf,
  weightsInMemory,
  evaluateGraph,
} from "../../src/core/onnx/index.ts";
import type { Builder, Graph, Runtime, Sizes, Value } from "../../src/core/onnx/index.ts";
import { elementCount, int64s, relativeError } from "../../src/core/tensor/index.ts";
import type { Tensor } from "../../src/core/tensor/index.ts";
import { checkVectors } from "../../src/core/training/index.ts";
import { sharedVectors } from "../support/shared-folder.ts";

let runtime: Runtime;
let folder = "";
/** Why nothing can be tried here; empty where it can. */
let missing = "";
beforeAll(async () => {
  lendSoftwareDevice();
  runtime = await openRuntime({ role: "test", logger: silentLogger });
  folder = await mkdtemp(join(tmpdir(), "dubwright-webgpu-"));
  const webgpu = (await runtime.providers()).find(({ provider }) => provider === "webgpu");
  if (webgpu?.available === true) return;
  missing = `no WebGPU device, not even a software one (Debian: apt-get install chromium libvulkan1): ${webgpu?.reason}`;
  console.warn(`\n*** WEBGPU WAS NOT TRIED: ${missing} ***\n`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

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

const diffusionBlock = graph(
  "block",
  (g) => {
    const x = g.input("x", "float32", ["batch", 8, "4*height", "4*width"]);
    return { y: block(g, x, g.input("context", "float32", ["batch", 5, 6])) };
  },
  { weights },
);

type Feeds = Readonly<Record<string, Tensor>>;

/** Runs the network's WebGPU variant; what it answers, and operators that ran on the CPU. */
async function runOnWebGpu(network: Graph, feeds: Feeds, sizes: Sizes = {}) {
  const model = await encodeModel(variantOf(network, { lowering: loweringOf.webgpu, sizes }));
  await using session = await runtime.openSession(network.name, model, {
    providers: ["webgpu"],
    fallBack: "never",
    profilePrefix: join(folder, network.name),
  });
  return { found: await session.run(feeds), placement: await session.takePlacement() };
}

const errorOf = (name: string, found: Feeds, expected: Feeds): number => {
  const [ours, theirs] = [found[name], expected[name]];
  return ours && theirs ? relativeError(ours, theirs) : Number.NaN;
};

test("a diffusion block on WebGPU gives the definition's numbers and leaves no node to the CPU", async ({ skip }) => {
  skip(missing !== "", missing);
  const feeds = { x: noise([2, 8, 8, 8], 21), context: noise([2, 5, 6], 22) };
  const { found, placement } = await runOnWebGpu(diffusionBlock, feeds, { batch: 2, height: 2, width: 2 });
  expect(errorOf("y", found, await evaluateGraph(diffusionBlock, feeds))).toBeLessThan(1e-5);
  expect(placement.onCpu).toEqual([]);
});

test("norms on WebGPU stay right where the mean is a hundred times the deviation", async ({ skip }) => {
  skip(missing !== "", missing);
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
  const { found } = await runOnWebGpu(norms, feeds);
  const expected = await evaluateGraph(norms, feeds);
  for (const name of ["group", "layer"]) expect.soft(errorOf(name, found, expected), name).toBeLessThan(5e-5);
});

const narrowUnet: UnetConfig = {
  ...latentSyncUnet,
  levelChannels: [8, 16],
  layersPerLevel: 1,
  audioWidth: 10,
  heads: 2,
  motionHeads: 4,
  normGroups: 4,
};

test(
  "a narrow U-Net with motion modules runs on WebGPU as it is defined, all but its timestep",
  { timeout: 240_000 },
  async ({ skip }) => {
    skip(missing !== "", missing);
    const asked = parametersOf((unborn) => unetGraph({ config: narrowUnet, weights: unborn }));
    const seeded = Object.fromEntries([...asked].map(([key, dims], index) => [key, noise(dims, index + 1)]));
    const unet = unetGraph({ config: narrowUnet, weights: weightsInMemory(seeded) });
    const feeds = { sample: noise([2, 13, 2, 8, 8], 41), timestep: int64s([1], [401]), audio: noise([4, 5, 10], 42) };
    const sizes = { batch: 2, frames: 2, height: 1, width: 1, tokens: 5 };
    const { found, placement } = await runOnWebGpu(unet, feeds, sizes);
    expect(errorOf("noise", found, await evaluateGraph(unet, feeds))).toBeLessThan(1e-4);
    // The timestep, one 64-bit integer, which WebGPU has not.
    expect(placement.onCpu).toEqual(["Cast"]);
  },
);

// The quick ones; all of them and their figures: docs/webgpu.md.
test.for(["videomae", "lpips"])("%s agrees with the reference on WebGPU, gradients and all", async (name, { skip }) => {
  skip(missing !== "", missing);
  const file =
    sharedVectors(`${name}.vectors.safetensors`) ?? skip("the reference vectors are not beside the checkout");
  const report = await checkVectors(file, { runtime, workFolder: folder, provider: "webgpu" });
  expect(report.notComputed).toEqual([]);
  for (const { output, relativeError: error } of report.outputs) expect(error, output).toBeLessThan(1e-4);
  expect(report.placements).toEqual([expect.objectContaining({ cpuNodeCount: 0, cpuOperators: [] })]);
  expect(report.placements[0]?.nodeCount).toBeGreaterThan(100);
});
