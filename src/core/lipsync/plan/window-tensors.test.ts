// Latents are laid out as the networks take them, and noise belongs to frames, not to windows.
import { expect, test } from "vitest";
import { frameNoise } from "./start-noise.ts";
import { frameOfLatents, windowTensors } from "./window-tensors.ts";

const size = { channels: 2, side: 2, length: 8 };

/** Values that tell where they come from: 100 * frame + 10 * channel + place, plus a thousand per kind. */
const frameOf = (frame: number) => {
  const values = (kind: number) =>
    Float32Array.from({ length: 8 }, (_, at) => 1000 * kind + 100 * frame + 10 * Math.floor(at / 4) + (at % 4));
  return {
    maskedLatents: values(1),
    referenceLatents: values(2),
    startNoise: values(3),
    audio: Float32Array.of(frame, -frame, 7),
  };
};

test("mask, masked and reference latents stand in the published order, frames within channels", () => {
  const windows = [
    [frameOf(0), frameOf(1), frameOf(2)],
    [frameOf(3), frameOf(4), frameOf(5)],
  ];
  const keep = Float32Array.of(1, 0, 0, 1);
  const { condition, audio, startNoise } = windowTensors(windows, keep, size);
  const at = (window: number, channel: number, frame: number, place: number) =>
    condition[((window * 5 + channel) * 3 + frame) * 4 + place];
  expect([0, 1, 2, 3].map((place) => at(1, 0, 2, place))).toEqual([1, 0, 0, 1]);
  expect(at(0, 1, 2, 3)).toBe(1203);
  expect(at(1, 2, 0, 1)).toBe(1311);
  expect(at(1, 3, 2, 0)).toBe(2500);
  expect(at(0, 4, 1, 2)).toBe(2112);
  expect([...audio.subarray(3 * 3, 3 * 4)]).toEqual([3, -3, 7]);
  expect(frameOfLatents(startNoise, { window: 1, frameInWindow: 1, frames: 3 }, size)).toEqual(frameOf(4).startNoise);
});

test("a frame begins with the same noise whatever is asked before it, and shares as much as is said", () => {
  const large = { channels: 4, side: 64, length: 4 * 64 * 64 };
  const [published, mixed] = [
    frameNoise({ seed: 9, alpha: Infinity }, large),
    frameNoise({ seed: 9, alpha: 1 }, large),
  ];
  expect(published(3)).toEqual(published(900));
  expect(mixed(3)).toEqual(frameNoise({ seed: 9, alpha: 1 }, large)(3));
  expect(mixed(3)).not.toEqual(frameNoise({ seed: 10, alpha: 1 }, large)(3));
  for (const [one, other] of [
    [3, 4],
    [3, 900],
  ] as const) {
    const [a, b] = [mixed(one), mixed(other)];
    const correlation = a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0) / large.length;
    expect(correlation).toBeCloseTo(0.5, 1);
  }
});
