// What the training of the starter rests on: sizes that fit the product and its limit, labels, draws of frames, the measure.
import { describe, expect, test } from "vitest";
import { randomFrom } from "../../../src/core/base/index.ts";
import {
  lipsyncMetadataKey,
  lipsyncParameters,
  parameterCount,
  parametersOf,
  recogniseNetwork,
  syncNetGraph,
} from "../../../src/core/models/index.ts";
import { floats, tensorOf, zeros } from "../../../src/core/tensor/index.ts";
import { phones } from "../../heads/speech/phones.ts";
import { byChannel } from "./clip-latents.ts";
import { keepCells, mouthCells, weighRegions } from "./face-regions.ts";
import { full, tiny } from "./family.ts";
import { correlation, fitRidge, readProbe } from "./ridge.ts";
import { drawFrames, framesAtOnce } from "./stages/denoiser.ts";
import { encodedFrames, scaleOf, unscaled } from "./stages/latents.ts";
import { labelsOf } from "./stages/phones.ts";
import { varied } from "./varied-sound.ts";

const scale = { latentScale: 1, latentShifts: [0, 0, 0, 0, 0, 0, 0, 0] };

describe("the family", () => {
  test.each([
    ["full", full],
    ["tiny", tiny],
  ])("%s is a model that the product recognises", (_, { model }) => {
    const config = { ...model, ...scale };
    const saying = new Map([[lipsyncMetadataKey, JSON.stringify(config)]]);
    expect(recogniseNetwork(lipsyncParameters(config), saying).config).toEqual(config);
  });

  test("weighs at most 40 MB in halves, SyncNet included", () => {
    const syncNet = parametersOf((weights) => syncNetGraph({ config: full.syncNet, weights }));
    const count = parameterCount(lipsyncParameters({ ...full.model, ...scale })) + parameterCount(syncNet);
    expect(2 * count).toBeLessThanOrEqual(40e6);
  });
});

test("a row's label is the phone in its middle, and silence where none was said", () => {
  const said = [
    { phone: "p", fromSeconds: 0.02, toSeconds: 0.049 },
    { phone: "a", fromSeconds: 0.049, toSeconds: 0.09 },
  ];
  const named = [...labelsOf(said, 6)].map((label) => phones[label]);
  expect(named).toEqual(["sil", "p", "a", "a", "sil", "sil"]);
});

test("a varied sound keeps its shape and stays finite, and the same draw gives the same sound", () => {
  const values = Float32Array.from({ length: 80 * 10 }, (_, at) => Math.sin(at) - 3);
  const once = varied({ bins: 80, values }, randomFrom(1));
  expect(once).toHaveLength(values.length);
  expect(once.every(Number.isFinite)).toBe(true);
  expect(once).toEqual(varied({ bins: 80, values }, randomFrom(1)));
  expect(once).not.toEqual(varied({ bins: 80, values }, randomFrom(2)));
});

describe("frames for the U-Net", () => {
  const count = 20;
  const dims = [count, 2, 8, 8];
  const numbered = tensorOf(
    "float32",
    dims,
    Float32Array.from({ length: count * 2 * 64 }, (_, at) => Math.floor(at / 128)),
  );
  const clip = {
    clean: numbered,
    masked: numbered,
    audio: floats(
      [count, 1, 1],
      Array.from({ length: count }, (_, at) => at),
    ),
    frames: floats(
      [count],
      Array.from({ length: count }, (_, at) => at),
    ),
  };

  test("hear their own sound and take their looks from at least 8 frames away", () => {
    for (let seed = 0; seed < 20; seed += 1) {
      const { clean, reference, audio } = drawFrames(clip, tiny, randomFrom(seed));
      for (let at = 0; at < framesAtOnce; at += 1) {
        const frame = Number(clean?.data[at * 64]);
        expect(Number(audio?.data[at])).toBe(frame);
        expect(Math.abs(Number(reference?.data[at * 64]) - frame)).toBeGreaterThanOrEqual(8);
      }
    }
  });

  test("lie channel by channel", () => {
    expect(byChannel(numbered, [3, 5]).dims).toEqual([2, 2, 8, 8]);
    expect([0, 64, 128, 192].map((at) => byChannel(numbered, [3, 5]).data[at])).toEqual([3, 5, 3, 5]);
  });

  test("of the first clips are all encoded, of the others every few", () => {
    expect(encodedFrames(tiny, 0)).toHaveLength(48);
    expect(encodedFrames(tiny, 2).slice(0, 3)).toEqual([0, 3, 6]);
  });
});

test("latents are centred with spread 1, and come back", () => {
  const { uniform } = randomFrom(3);
  const means = Float32Array.from({ length: 4 * 8 * 64 }, (_, at) => (Math.floor(at / 64) % 8) + uniform());
  const measured = scaleOf(means, tiny);
  const { latentScale, latentShifts } = measured;
  const scaled = means.map((value, at) => (value - (latentShifts[Math.floor(at / 64) % 8] ?? 0)) * latentScale);
  expect(scaled.reduce((sum, value) => sum + value ** 2, 0) / scaled.length).toBeCloseTo(1, 3);
  unscaled(scaled, tiny, measured).forEach((value, at) => expect(value).toBeCloseTo(means[at] ?? NaN, 4));
});

test("the mouth is painted, and weighs most there; kept places weigh least", () => {
  const keep = keepCells(128);
  const weights = weighRegions(keep, { mouth: 3, painted: 1, kept: 0.1 });
  const painted = mouthCells(16).filter((at) => keep[at] === 0);
  expect(painted.length).toBeGreaterThan(0.9 * mouthCells(16).length);
  for (const at of painted) expect(weights[at]).toBe(3);
  expect(weights[0]).toBeCloseTo(0.1, 6);
});

test("a ridge regression finds the line through its points, and a correlation does not mind scale", () => {
  const { uniform } = randomFrom(4);
  const features = Array.from({ length: 60 }, () => Float32Array.from({ length: 3 }, () => 2 * uniform() - 1));
  const targets = features.map(([a = 0, b = 0]) => 2 * a - b + 0.5);
  const probe = fitRidge(features, targets, 1e-6);
  expect(readProbe(probe, Float32Array.of(1, 1, 1))).toBeCloseTo(1.5, 3);
  const found = features.map((row) => readProbe(probe, row));
  expect(correlation(found, targets)).toBeCloseTo(1, 5);
  expect(
    correlation(
      found,
      targets.map((value) => -3 * value),
    ),
  ).toBeCloseTo(-1, 5);
  expect(correlation(found, [...zeros("float32", [60]).data])).toBe(0);
});
