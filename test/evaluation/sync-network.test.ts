// The sync network at work, with random weights of a small shape: batches change nothing, and too little is said to be that.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { randomFrom, silentLogger } from "../../src/core/base/index.ts";
import { openSyncNetwork } from "../../src/core/evaluation/index.ts";
import type { SyncNetwork } from "../../src/core/evaluation/index.ts";
import { parametersOf, syncNetV2PictureGraph, syncNetV2SoundGraph } from "../../src/core/models/index.ts";
import { writeSafetensors } from "../../src/core/weights/index.ts";
import { seededTensors } from "../../tools/bench/networks/seeded-weights.ts";

const config = { pictureChannels: [4, 4, 4, 4, 4, 8], soundChannels: [4, 4, 4, 4, 4, 8], embeddingWidth: 16 };
let folder = "";
let network: SyncNetwork;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dubwright-sync-"));
  const weightsPath = join(folder, "weights.safetensors");
  const parameters = parametersOf((weights) => [
    syncNetV2PictureGraph({ config, weights }),
    syncNetV2SoundGraph({ config, weights }),
  ]);
  // A variance is no negative number.
  const tensors = seededTensors(parameters, 1).map((weight) => {
    if (!weight.key.endsWith("running_var")) return weight;
    const ones = new Float32Array(weight.dims.reduce((product, size) => product * size, 1)).fill(1);
    return {
      ...weight,
      read: async function* () {
        yield new Uint8Array(ones.buffer);
      },
    };
  });
  await writeSafetensors(weightsPath, tensors);
  network = await openSyncNetwork({ title: "SyncNet of a test", weightsPath, config }, "test", silentLogger);
});
afterAll(async () => {
  await network[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const crops = (count: number) =>
  Array.from({ length: count }, (_, frame) =>
    new Uint8Array(3 * 224 * 224).map((_zero, at) => (at * 7 + frame * 31) & 0xff),
  );
const noise = (count: number) => {
  const random = randomFrom(9);
  return Float32Array.from({ length: count }, () => random.uniform() - 0.5);
};

test("compares as many positions as picture and sound allow, and answers with numbers by its name", async () => {
  const score = await network.score(crops(30), noise(30 * 640));
  expect(network.name).toBe("SyncNet of a test");
  expect(score?.distances).toHaveLength(31);
  expect(Number.isFinite(score?.syncConfidence)).toBe(true);
  expect(score?.syncConfidence).toBeGreaterThanOrEqual(0);
});

test("says nothing where there is too little to compare", async () => {
  expect(await network.score(crops(5), noise(5 * 640))).toBeUndefined();
  expect(await network.score([], noise(16_000))).toBeUndefined();
  expect(await network.score(crops(20), noise(100))).toBeUndefined();
});
