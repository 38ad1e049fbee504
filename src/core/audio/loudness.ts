// Programme loudness and true peak by ITU-R BS.1770 and EBU R128, metered as sound streams by.
//
// This is programme loudness. It is not a dialogue-gated measure, which some delivery rules ask for.
import { assert } from "../../shared/failure/index.ts";
import { createResampler } from "./resample.ts";
import type { Resampler } from "./resample.ts";

/** Loudness of -Infinity means silence, or that nothing passed the gate. */
export type LoudnessReading = {
  /** Gated over everything heard so far. */
  readonly integratedLufs: number;
  /** Over the last 0.4 s; -Infinity before 0.4 s were heard. */
  readonly momentaryLufs: number;
  /** Over the last 3 s; -Infinity before 3 s were heard. */
  readonly shortTermLufs: number;
  readonly maxMomentaryLufs: number;
  readonly maxShortTermLufs: number;
  /** The highest value between samples, found at four times the sample rate. */
  readonly truePeakDbtp: number;
};

export type LoudnessMeter = {
  /** The next samples: one array per channel, all of one length, -1..1. */
  readonly push: (channels: readonly Float32Array[]) => void;
  readonly read: () => LoudnessReading;
};

export type LoudnessOptions = {
  readonly sampleRateHz: number;
  /** One weight per channel: 1 in front, 1.41 at the sides (60 to 120 degrees), 0 for LFE. `loudnessWeights` knows. */
  readonly channelWeights: readonly number[];
};

const frontWeight = 1;
const sideWeight = 1.41; // +1.5 dB
const noWeight = 0;

/** ffmpeg's layout names. The back pair of a 5.1 without sides stands where the sides of a 5.1(side) stand. */
const layoutWeights: Readonly<Record<string, readonly number[]>> = {
  mono: [frontWeight],
  stereo: [frontWeight, frontWeight],
  "2.1": [frontWeight, frontWeight, noWeight],
  "3.0": [frontWeight, frontWeight, frontWeight],
  quad: [frontWeight, frontWeight, sideWeight, sideWeight],
  "4.0": [frontWeight, frontWeight, frontWeight, frontWeight],
  "5.0": [frontWeight, frontWeight, frontWeight, sideWeight, sideWeight],
  "5.0(side)": [frontWeight, frontWeight, frontWeight, sideWeight, sideWeight],
  "5.1": [frontWeight, frontWeight, frontWeight, noWeight, sideWeight, sideWeight],
  "5.1(side)": [frontWeight, frontWeight, frontWeight, noWeight, sideWeight, sideWeight],
  // Front left, right, centre, LFE, back left, right, side left, right; the back pair lies behind 120 degrees.
  "7.1": [frontWeight, frontWeight, frontWeight, noWeight, frontWeight, frontWeight, sideWeight, sideWeight],
};

/** Weights of a layout by ffmpeg's name; of an unknown layout every channel counts 1. */
export function loudnessWeights(layout: string, channelCount: number): readonly number[] {
  const known = layoutWeights[layout];
  return known?.length === channelCount ? known : Array.from({ length: channelCount }, () => frontWeight);
}

type Biquad = readonly [b0: number, b1: number, b2: number, a1: number, a2: number];

/**
 * The two filters of K-weighting at any rate: a shelf for the head, a high-pass for the ear. The analogue parameters are
 * those that give the standard's table at 48 kHz by the bilinear transform.
 */
export function kWeighting(sampleRateHz: number): readonly [shelf: Biquad, highPass: Biquad] {
  const shelf = { centreHz: 1681.974450955533, gainDb: 3.999843853973347, q: 0.7071752369554196 };
  const highPass = { centreHz: 38.13547087602444, q: 0.5003270373238773 };
  const k1 = Math.tan((Math.PI * shelf.centreHz) / sampleRateHz);
  const high = 10 ** (shelf.gainDb / 20);
  const band = high ** 0.4996667741545416;
  const norm1 = 1 + k1 / shelf.q + k1 * k1;
  const k2 = Math.tan((Math.PI * highPass.centreHz) / sampleRateHz);
  const norm2 = 1 + k2 / highPass.q + k2 * k2;
  return [
    [
      (high + (band * k1) / shelf.q + k1 * k1) / norm1,
      (2 * (k1 * k1 - high)) / norm1,
      (high - (band * k1) / shelf.q + k1 * k1) / norm1,
      (2 * (k1 * k1 - 1)) / norm1,
      (1 - k1 / shelf.q + k1 * k1) / norm1,
    ],
    [1, -2, 1, (2 * (k2 * k2 - 1)) / norm2, (1 - k2 / highPass.q + k2 * k2) / norm2],
  ];
}

const lufsOf = (meanSquare: number): number => -0.691 + 10 * Math.log10(meanSquare);
const meanSquareOf = (lufs: number): number => 10 ** ((lufs + 0.691) / 10);

const stepsPerSecond = 10;
const momentarySteps = 4;
const shortTermSteps = 30;
const absoluteGateLufs = -70;
const relativeGateLu = -10;

/** Sum of squares of the next samples of one channel after both filters, in transposed direct form II. */
function createWeightedEnergy(sampleRateHz: number): (samples: Float32Array, from: number, to: number) => number {
  const [[b0, b1, b2, a1, a2], [c0, c1, c2, d1, d2]] = kWeighting(sampleRateHz);
  let [s1, s2, t1, t2] = [0, 0, 0, 0];
  return (samples, from, to) => {
    let energy = 0;
    for (let n = from; n < to; n++) {
      const x = samples[n] ?? 0;
      const y = b0 * x + s1;
      s1 = b1 * x - a1 * y + s2;
      s2 = b2 * x - a2 * y;
      const z = c0 * y + t1;
      t1 = c1 * y - d1 * z + t2;
      t2 = c2 * y - d2 * z;
      energy += z * z;
    }
    return energy;
  };
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Mean of the 0.4 s blocks louder than -70 LUFS, then of those within 10 LU of that mean (BS.1770-5, annex 1). */
function gatedLufs(blocks: readonly number[]): number {
  const audible = blocks.filter((block) => block > meanSquareOf(absoluteGateLufs));
  const gate = meanSquareOf(lufsOf(mean(audible)) + relativeGateLu);
  return lufsOf(mean(audible.filter((block) => block > gate)));
}

/** Four times up to 96 kHz, twice up to 192 kHz: enough for 0.6 dB at worst (BS.1770-5, annex 2). */
function createPeakFinder(sampleRateHz: number): Resampler | undefined {
  const factor = sampleRateHz < 96_000 ? 4 : 2;
  if (sampleRateHz >= 192_000) return undefined;
  const rates = { sourceRateHz: sampleRateHz, targetRateHz: factor * sampleRateHz };
  return createResampler(rates, { stopBandDb: 60, passBandEdgeRatio: 0.8 });
}

function largest(values: Float32Array, least: number): number {
  let most = least;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}

/** A meter for one programme. It keeps one number per 0.1 s: 36,000 an hour. */
export function createLoudnessMeter({ sampleRateHz, channelWeights }: LoudnessOptions): LoudnessMeter {
  const stepSamples = Math.round(sampleRateHz / stepsPerSecond);
  const weightedEnergies = channelWeights.map(() => createWeightedEnergy(sampleRateHz));
  const peakFinders = channelWeights.map(() => createPeakFinder(sampleRateHz));
  const steps: number[] = [];
  const blocks: number[] = [];
  let [stepSum, stepCount] = [0, 0];
  let [peak, maxMomentary, maxShortTerm] = [0, 0, 0];

  const over = (count: number) => (steps.length < count ? 0 : mean(steps.slice(-count)));

  const endStep = () => {
    steps.push(stepSum / stepSamples);
    [stepSum, stepCount] = [0, 0];
    if (steps.length >= momentarySteps) blocks.push(over(momentarySteps));
    maxMomentary = Math.max(maxMomentary, over(momentarySteps));
    maxShortTerm = Math.max(maxShortTerm, over(shortTermSteps));
  };

  const push = (channels: readonly Float32Array[]): void => {
    const sampleCount = channels[0]?.length ?? 0;
    const fits = channels.length === channelWeights.length && channels.every(({ length }) => length === sampleCount);
    assert(fits, `the meter takes ${channelWeights.length} channels of one length`);
    for (let from = 0; from < sampleCount;) {
      const to = Math.min(sampleCount, from + stepSamples - stepCount);
      for (const [channel, samples] of channels.entries()) {
        const weight = channelWeights[channel] ?? 0;
        if (weight > 0) stepSum += weight * (weightedEnergies[channel]?.(samples, from, to) ?? 0);
      }
      stepCount += to - from;
      from = to;
      if (stepCount === stepSamples) endStep();
    }
    for (const [channel, samples] of channels.entries()) {
      peak = largest(samples, peak);
      const between = peakFinders[channel]?.push(samples);
      if (between !== undefined) peak = largest(between, peak);
    }
  };

  const read = (): LoudnessReading => ({
    integratedLufs: gatedLufs(blocks),
    momentaryLufs: lufsOf(over(momentarySteps)),
    shortTermLufs: lufsOf(over(shortTermSteps)),
    maxMomentaryLufs: lufsOf(maxMomentary),
    maxShortTermLufs: lufsOf(maxShortTerm),
    truePeakDbtp: 20 * Math.log10(peak),
  });
  return { push, read };
}
