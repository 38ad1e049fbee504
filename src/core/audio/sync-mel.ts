// The mel spectrogram that SyncNet was trained on; other bands, frames and scale than Whisper's.
import { melSpectrogram, slaneyBands } from "./spectrogram.ts";
import type { MelAnalysis, MelSpectrogram } from "./spectrogram.ts";

export const syncSampleRateHz = 16_000;
/** 80 frames a second: 3.2 to a picture at 25 fps. */
export const syncHopSamples = 200;

const preEmphasis = 0.97;
const referenceDb = 20;
const lowestDb = -100;
const peak = 4;

const analysis: MelAnalysis = {
  fftWindowSamples: 800,
  hopSamples: syncHopSamples,
  bands: slaneyBands({
    sampleRateHz: syncSampleRateHz,
    fftWindowSamples: 800,
    melBins: 80,
    lowestHz: 55,
    highestHz: 7600,
  }),
  exponent: 1,
  // What librosa pads with since 0.10; 0.9 and older mirrored, which changes the first and last two frames only.
  edge: "silence",
};

/** y[n] = x[n] - 0.97 x[n - 1] */
function emphasise(samples: Float32Array): Float32Array {
  return samples.map((value, n) => (n === 0 ? value : value - preEmphasis * (samples[n - 1] ?? 0)));
}

/** -100..0 dB against a 20 dB reference to -4..4; louder and quieter are clamped. */
function scale(magnitude: number): number {
  const levelDb = 20 * Math.log10(Math.max(magnitude, 1e-5)) - referenceDb;
  return Math.min(Math.max((2 * peak * (levelDb - lowestDb)) / -lowestDb - peak, -peak), peak);
}

/** [80, floor(n / 200) + 1] for n samples of 16 kHz mono in -1..1. */
export function syncMel(samples: Float32Array): MelSpectrogram {
  const melFrames = samples.length === 0 ? 0 : Math.floor(samples.length / syncHopSamples) + 1;
  return melSpectrogram(emphasise(samples), melFrames, analysis, scale);
}
