// Mel-frequency cepstral coefficients as SyncNet v2 was trained on them: python_speech_features with its defaults.
import { createRealFft } from "./real-fft.ts";

export const mfccSampleRateHz = 16_000;
/** 100 columns a second: four to a picture at 25 fps. */
export const mfccHopSamples = 160;

const windowSamples = 400;
const fftSamples = 512;
const bandCount = 26;
const cepstraCount = 13;
const preEmphasis = 0.97;
const lifter = 22;
/** The features were made from 16-bit samples as they stand in a file. */
const fullScale = 32_768;
/** Stands in for a power of zero, whose logarithm there is not. */
const leastPower = Number.EPSILON;

/** [coefficient, column], row-major: coefficient c of column t is at c * columns + t. */
export type Mfcc = { readonly cepstra: number; readonly columns: number; readonly values: Float32Array };

/** One column for a window, and one for each further hop begun; what the last lacks is silence. */
export const mfccColumns = (sampleCount: number): number =>
  sampleCount <= windowSamples ? 1 : 1 + Math.ceil((sampleCount - windowSamples) / mfccHopSamples);

const melOf = (frequencyHz: number): number => 2595 * Math.log10(1 + frequencyHz / 700);
const hzOf = (mel: number): number => 700 * (10 ** (mel / 2595) - 1);

/** First bin, peak bin and end bin of each triangular band, evenly spaced in mel from 0 to half the sample rate. */
function bandCorners(): readonly number[] {
  const highestMel = melOf(mfccSampleRateHz / 2);
  return Array.from({ length: bandCount + 2 }, (_, k) =>
    Math.floor(((fftSamples + 1) * hzOf((highestMel * k) / (bandCount + 1))) / mfccSampleRateHz),
  );
}

type Band = { readonly firstBin: number; readonly weights: Float64Array };

function bands(): readonly Band[] {
  const corners = bandCorners();
  return Array.from({ length: bandCount }, (_, band) => {
    const [first = 0, peak = 0, end = 0] = corners.slice(band, band + 3);
    const weights = Float64Array.from({ length: end - first }, (_unused, k) =>
      first + k < peak ? k / (peak - first) : (end - first - k) / (end - peak),
    );
    return { firstBin: first, weights };
  });
}

/** Rows of the orthonormal DCT-II, each scaled by the lifter: 1 + 11 sin(pi n / 22). */
function cosineRows(): readonly Float64Array[] {
  return Array.from({ length: cepstraCount }, (_, n) => {
    const norm = Math.sqrt((n === 0 ? 1 : 2) / bandCount) * (1 + (lifter / 2) * Math.sin((Math.PI * n) / lifter));
    return Float64Array.from(
      { length: bandCount },
      (_unused, k) => norm * Math.cos((Math.PI * n * (2 * k + 1)) / (2 * bandCount)),
    );
  });
}

/** Samples of 16 kHz mono in -1..1. The first coefficient is the logarithm of the column's whole energy. */
export function mfcc(samples: Float32Array): Mfcc {
  const columns = mfccColumns(samples.length);
  const values = new Float32Array(cepstraCount * columns);
  const fft = createRealFft(fftSamples);
  const frame = new Float64Array(fftSamples);
  const [re, im] = [new Float64Array(fft.binCount), new Float64Array(fft.binCount)];
  const [melBands, rows] = [bands(), cosineRows()];
  const at = (index: number) => (samples[index] ?? 0) * fullScale;
  for (let column = 0; column < columns; column++) {
    const firstSample = column * mfccHopSamples;
    for (let n = 0; n < windowSamples; n++) {
      const index = firstSample + n;
      // Beyond the end there is silence, not the tail of the emphasis.
      frame[n] = index < samples.length ? at(index) - (index === 0 ? 0 : preEmphasis * at(index - 1)) : 0;
    }
    fft.transform(frame, re, im);
    const power = re.map((value, bin) => (value * value + (im[bin] ?? 0) ** 2) / fftSamples);
    const energy = power.reduce((sum, value) => sum + value, 0);
    const logBands = melBands.map(({ firstBin, weights }) => {
      const sum = weights.reduce((total, weight, k) => total + weight * (power[firstBin + k] ?? 0), 0);
      return Math.log(sum === 0 ? leastPower : sum);
    });
    for (const [n, row] of rows.entries()) {
      const cepstrum = row.reduce((sum, cosine, k) => sum + cosine * (logBands[k] ?? 0), 0);
      values[n * columns + column] = n === 0 ? Math.log(energy === 0 ? leastPower : energy) : cepstrum;
    }
  }
  return { cepstra: cepstraCount, columns, values };
}
