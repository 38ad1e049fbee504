// Recipes as files, windows cut from clips, and the curves' picture.
import { expect, test } from "vitest";
import { randomFrom } from "../../base/index.ts";
import { parametersOf, syncNetGraph } from "../../models/index.ts";
import { floats, tensorOf } from "../../tensor/index.ts";
import { cutWindow } from "./cut-window.ts";
import { requireFittingExample } from "./fitting-clips.ts";
import { plotCurves } from "./plot-curves.ts";
import { parseRecipe, rateOf } from "./recipe.ts";
import { neededModels } from "./recipe-models.ts";
import { syncNetConfigOf } from "./syncnet-configs.ts";
import { recipeNamed, recipes } from "./table.ts";

test("every recipe of the application reads as one, and says what it needs", () => {
  expect(recipes.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["syncnet", "stage1", "stage2", "stage2-512", "stage2-efficient", "adapter"]),
  );
  expect([...neededModels(recipeNamed("stage2")).keys()]).toEqual([
    "denoiser",
    "decoder",
    "sync",
    "vgg",
    "lpipsLinear",
    "videomae",
  ]);
  expect([...neededModels(recipeNamed("stage2-efficient")).keys()]).not.toContain("videomae");
  expect([...neededModels(recipeNamed("adapter-quick")).keys()]).toEqual(["denoiser"]);
});

test("the published numbers stand in the published recipes", () => {
  const { task, optimiser } = recipeNamed("stage2");
  expect(optimiser).toMatchObject({ learningRate: 1e-5, clipNorm: 1, betas: [0.9, 0.999], weightDecay: 0.01 });
  expect(task).toMatchObject({
    predicts: "noise",
    frames: 16,
    trained: { patterns: ["motion_modules.", "attentions."] },
    losses: { denoising: 1, pictures: { sync: { weight: 0.05 }, likeness: { weight: 0.1 }, temporal: { weight: 10 } } },
  });
});

test("a recipe with a wrong number, or with pure noise for a network that predicts noise, is refused by its place", () => {
  const recipe = recipeNamed("adapter");
  const changed = { ...recipe, loop: { ...recipe.loop, examplesAtOnce: 3 } };
  expect(() => parseRecipe(changed, "mine.json")).toThrow(/mine.json is no recipe: loop/);
  if (recipe.task.kind !== "denoiser") throw new Error("the adapter is a denoiser's");
  const pure = { ...recipe, task: { ...recipe.task, noise: { ...recipe.task.noise, pureNoiseRatio: 0.3 } } };
  expect(() => parseRecipe(pure, "mine.json")).toThrow(/could only guess/);
});

test("the adapter's rate warms up and falls along a cosine", () => {
  const recipe = recipeNamed("adapter");
  const rate = rateOf(recipe);
  expect(rate(0)).toBeCloseTo(1e-4 / 50, 8);
  expect(rate(500)).toBeCloseTo(0.5e-4, 6);
  expect(rate(1000)).toBeCloseTo(0, 8);
});

test("SyncNets of 5, 16 and 25 frames end in one vector each for picture and sound", () => {
  for (const frames of [5, 16, 25] as const)
    for (const space of ["pixels", "latents"] as const) {
      if (space === "latents" && frames !== 16) continue;
      const config = syncNetConfigOf({
        kind: "syncnet",
        start: { from: "new", seed: 1 },
        frames,
        space,
        attends: false,
      });
      expect(config.visual.inChannels).toBe((space === "pixels" ? 3 : 4) * frames);
      // The definition proves that both embeddings are of one length.
      expect(parametersOf((weights) => syncNetGraph({ config, weights })).size).toBeGreaterThan(50);
    }
});

/** A clip whose every element tells its frame. */
const clip = (count: number) => {
  const numbered = (channels: number) =>
    floats(
      [channels, count, 1, 1],
      Array.from({ length: channels * count }, (_, at) => at % count),
    );
  return {
    clean: numbered(4),
    masked: numbered(4),
    keep: numbered(1),
    audio: floats(
      [count, 1, 2],
      Array.from({ length: 2 * count }, (_, at) => Math.floor(at / 2)),
    ),
    pictures: tensorOf(
      "uint8",
      [count, 3, 1, 1],
      Uint8Array.from({ length: 3 * count }, (_, at) => Math.floor(at / 3)),
    ),
    mel: floats(
      [1, 1, 4 * count],
      Array.from({ length: 4 * count }, (_, at) => at),
    ),
  };
};

test("a window takes the same frames of everything, and its reference from a moment that does not touch it", () => {
  for (let seed = 0; seed < 40; seed += 1) {
    const window = cutWindow(clip(12), 4, randomFrom(seed));
    const start = Number(window["clean"]?.data[0]);
    const frames = [0, 1, 2, 3].map((frame) => start + frame);
    expect([...(window["masked"]?.data.slice(4, 8) ?? [])]).toEqual(frames);
    expect([...(window["audio"]?.data ?? [])]).toEqual(frames.flatMap((frame) => [frame, frame]));
    expect(window["pictures"]?.data[0]).toBeCloseTo(start / 127.5 - 1, 6);
    expect(window["mel"]?.dims).toEqual([1, 1, 13]);
    expect(window["mel"]?.data[0]).toBe(Math.floor(3.2 * start));
    expect(Math.abs(Number(window["reference"]?.data[0]) - start)).toBeGreaterThanOrEqual(4);
  }
  expect(() => cutWindow(clip(7), 4, randomFrom(1))).toThrow(/no two windows of 4 that do not touch/);
});

test("clips that lack what a recipe needs, or are of another size, are refused in words of the data", () => {
  const cells = (channels: number, side: number) =>
    floats([channels, 16, side, side], new Float32Array(channels * 16 * side * side));
  const window = (side: number) => ({
    clean: cells(4, side),
    masked: cells(4, side),
    reference: cells(4, side),
    keep: cells(1, side),
    audio: floats([16, 1, 1], new Float32Array(16)),
  });
  expect(() => requireFittingExample(window(32), recipeNamed("adapter-quick"))).not.toThrow();
  expect(() => requireFittingExample(window(64), recipeNamed("adapter-quick"))).toThrow(
    /needs "clean" \[4, 16, 32, 32\] of each clip; the clips have \[4, 16, 64, 64\]/,
  );
  expect(() => requireFittingExample(window(32), recipeNamed("stage2"))).toThrow(
    /needs "pictures".*the clips have none/,
  );
});

test("curves are drawn from what was logged, and names in them cannot break out", () => {
  const line = (step: number) => ({
    step,
    losses: { total: 1 / (step + 1), "<b>": 0.5 },
    gradientNorm: 1,
    learningRate: 1,
    lossScale: 1,
    skipped: false,
    seconds: 1,
    examplesPerSecond: 1,
    residentBytes: 1,
    validation: step % 5 === 0 ? 0.3 : null,
  });
  const picture = plotCurves(
    "run",
    Array.from({ length: 600 }, (_, step) => line(step)),
  );
  expect(picture).toContain("&#60;b&#62;");
  expect(picture).not.toContain("<b>");
  expect(picture.match(/<circle/g)?.length).toBe(120);
});
