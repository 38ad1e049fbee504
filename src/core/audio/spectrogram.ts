// Magnitudes of a sliding transform and their sums over mel bands, frame by frame, in double precision.
import { assert } from "../../shared/failure/index.ts";
import { createRealFft } from "./real-fft.ts";

/** [mel, melFrame], row-major: band b of frame f is at b * melFrames + f. */
export type MelSpectrogram = {
  readonly melBins: number;
  readonly melFrames: number;
  readonly values: Float32Array;
};

/** Weights of one band over the bins from `firstBin` on. */
export type MelBand = { readonly firstBin: number; readonly weights: Float64Array };

export type MelAnalysis = {
  readonly fftWindowSamples: number;
  readonly hopSamples: number;
  readonly bands: readonly MelBand[];
  /** 1: magnitude; 2: power. */
  readonly exponent: 1 | 2;
  /** What lies before the first and after the last sample: the signal mirrored at its edge, or silence. */
  readonly edge: "reflect" | "silence";
};

/** Slaney's scale (Auditory Toolbox): 3 mel per 200 Hz below 1 kHz, then 27 mel per factor of 6.4. */
const hzPerMel = 200 / 3;
const bendHz = 1000;
const bendMel = bendHz / hzPerMel;
const logStep = Math.log(6.4) / 27;

const melOf = (frequencyHz: number): number =>
  frequencyHz < bendHz ? frequencyHz / hzPerMel : bendMel + Math.log(frequencyHz / bendHz) / logStep;

const hzOf = (mel: number): number => (mel < bendMel ? mel * hzPerMel : bendHz * Math.exp(logStep * (mel - bendMel)));

/** Triangular bands, evenly spaced in mel, each of unit area over Hz (weights times 2 / width). */
export function slaneyBands(options: {
  readonly sampleRateHz: number;
  readonly fftWindowSamples: number;
  readonly melBins: number;
  readonly lowestHz: number;
  readonly highestHz: number;
}): readonly MelBand[] {
  const { sampleRateHz, fftWindowSamples, melBins, lowestHz, highestHz } = options;
  const [lowestMel, highestMel] = [melOf(lowestHz), melOf(highestHz)];
  const cornerHz = (k: number) => hzOf(lowestMel + ((highestMel - lowestMel) * k) / (melBins + 1));
  const binHz = sampleRateHz / fftWindowSamples;
  return Array.from({ length: melBins }, (_, band) => {
    const [leftHz, peakHz, rightHz] = [cornerHz(band), cornerHz(band + 1), cornerHz(band + 2)];
    const firstBin = Math.floor(leftHz / binHz) + 1;
    const lastBin = Math.min(Math.ceil(rightHz / binHz) - 1, fftWindowSamples / 2);
    const weights = Float64Array.from({ length: Math.max(lastBin - firstBin + 1, 0) }, (_unused, k) => {
      const frequencyHz = (firstBin + k) * binHz;
      const rising = (frequencyHz - leftHz) / (peakHz - leftHz);
      const falling = (rightHz - frequencyHz) / (rightHz - peakHz);
      return (2 / (rightHz - leftHz)) * Math.min(rising, falling);
    });
    return { firstBin, weights };
  });
}

/** Hann's window of period `samples`: what overlapping frames need, as against the symmetric one. */
export const periodicHann = (samples: number): Float64Array =>
  Float64Array.from({ length: samples }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / samples));

/** Index of `at` when the signal is mirrored at its first and last sample, which are not repeated. */
function mirrored(at: number, sampleCount: number): number {
  if (sampleCount === 1) return 0;
  const period = 2 * (sampleCount - 1);
  const folded = ((at % period) + period) % period;
  return folded < sampleCount ? folded : period - folded;
}

function fillFrame(frame: Float64Array, samples: Float32Array, startSample: number, edge: MelAnalysis["edge"]): void {
  const inside = startSample >= 0 && startSample + frame.length <= samples.length;
  for (let n = 0; n < frame.length; n++) {
    const at = startSample + n;
    if (inside || edge === "silence") frame[n] = samples[at] ?? 0;
    else frame[n] = samples[mirrored(at, samples.length)] ?? 0;
  }
}

/**
 * Sums of |X|^exponent over each band for frames centred on samples 0, hop, 2 hop …, `melFrames` of them, each passed
 * through `shape`. 80 bands at 100 frames a second are 32 kB a second.
 */
export function melSpectrogram(
  samples: Float32Array,
  melFrames: number,
  analysis: MelAnalysis,
  shape: (bandSum: number) => number,
): MelSpectrogram {
  const { fftWindowSamples, hopSamples, bands, exponent, edge } = analysis;
  assert(samples.length > 0 || melFrames === 0 || edge === "silence", "there are samples to mirror");
  const fft = createRealFft(fftWindowSamples);
  const hann = periodicHann(fftWindowSamples);
  const frame = new Float64Array(fftWindowSamples);
  const re = new Float64Array(fft.binCount);
  const im = new Float64Array(fft.binCount);
  const values = new Float32Array(bands.length * melFrames);
  for (let melFrame = 0; melFrame < melFrames; melFrame++) {
    fillFrame(frame, samples, melFrame * hopSamples - fftWindowSamples / 2, edge);
    for (let n = 0; n < frame.length; n++) frame[n] = (frame[n] ?? 0) * (hann[n] ?? 0);
    fft.transform(frame, re, im);
    for (let k = 0; k < re.length; k++) {
      const power = (re[k] ?? 0) ** 2 + (im[k] ?? 0) ** 2;
      re[k] = exponent === 2 ? power : Math.sqrt(power);
    }
    for (const [band, { firstBin, weights }] of bands.entries()) {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += (weights[k] ?? 0) * (re[firstBin + k] ?? 0);
      values[band * melFrames + melFrame] = shape(sum);
    }
  }
  return { melBins: bands.length, melFrames, values };
}
