// Sample rate conversion by an exact ratio: a windowed sinc, one set of taps per phase, fed in blocks of any size.
//
// Output sample k is the source at time k / targetRateHz, exactly: the filter is symmetric and adds no delay. Up to 0.9
// of the lower Nyquist frequency the gain is 1 within 0.0003 dB; from the lower Nyquist frequency on everything is at
// least 96 dB down, so nothing folds back. Before the first and after the last sample lies silence.
import { assert } from "../../shared/failure/index.ts";
import { polyphaseCount, runPolyphase } from "../native/index.ts";
import type { PolyphaseFilter } from "../native/index.ts";

/** How good a filter is: the better, the longer. */
export type ResampleQuality = {
  /** Attenuation from the lower Nyquist frequency on; at least 50. */
  readonly stopBandDb: number;
  /** Where the flat part ends, as a part of the lower Nyquist frequency. */
  readonly passBandEdgeRatio: number;
};

const bestQuality: ResampleQuality = { stopBandDb: 100, passBandEdgeRatio: 0.9 };

export type ResampleRates = { readonly sourceRateHz: number; readonly targetRateHz: number };

export type Resampler = {
  /** Takes the next source samples and gives the output samples they complete; the two need not be equally many. */
  readonly push: (block: Float32Array) => Float32Array;
  /** The rest, after the last block. The resampler is used up then. */
  readonly finish: () => Float32Array;
};

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** Modified Bessel function of the first kind, order 0, by its power series. */
function besselI0(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function designFilter({ sourceRateHz, targetRateHz }: ResampleRates, quality: ResampleQuality): PolyphaseFilter {
  const { stopBandDb, passBandEdgeRatio } = quality;
  for (const rateHz of [sourceRateHz, targetRateHz]) {
    assert(Number.isInteger(rateHz) && rateHz >= 1, `a sample rate is a whole number of Hz, not ${rateHz}`);
  }
  const divisor = greatestCommonDivisor(sourceRateHz, targetRateHz);
  const [up, down] = [targetRateHz / divisor, sourceRateHz / divisor];
  /** Of the lower to the source rate: below 1 when going down. */
  const bandRatio = Math.min(1, up / down);
  // Kaiser (1974), for a stop-band of more than 50 dB: the window's shape and its length over the transition's width.
  const kaiserBeta = 0.1102 * (stopBandDb - 8.7);
  const halfLength = Math.ceil((stopBandDb - 7.95) / 14.36 / (1 - passBandEdgeRatio)) / bandRatio;
  const halfTaps = Math.ceil(halfLength / 4) * 4;
  const cutoff = (bandRatio * (1 + passBandEdgeRatio)) / 2; // of the source's Nyquist frequency
  const windowPeak = besselI0(kaiserBeta);
  const tapAt = (distance: number): number => {
    const inWindow = 1 - (distance / halfLength) ** 2;
    if (inWindow <= 0) return 0;
    const angle = Math.PI * cutoff * distance;
    const sinc = distance === 0 ? 1 : Math.sin(angle) / angle;
    return (sinc * besselI0(kaiserBeta * Math.sqrt(inWindow))) / windowPeak;
  };
  const tapCount = 2 * halfTaps;
  const taps = new Float32Array(up * tapCount);
  for (let phase = 0; phase < up; phase++) {
    const row = Float64Array.from({ length: tapCount }, (_, k) => tapAt(k - halfTaps + 1 - phase / up));
    const gain = row.reduce((sum, tap) => sum + tap, 0);
    // Each phase passes a constant unchanged, or a constant would come out with a tone on it.
    for (const [k, tap] of row.entries()) taps[phase * tapCount + k] = tap / gain;
  }
  return { up, down, tapCount, taps };
}

const passThrough: Resampler = { push: (block) => block.slice(), finish: () => new Float32Array(0) };

/** How many samples come of `sourceCount`: all whose time lies before the end of the source. */
export function resampledCount(sourceCount: number, { sourceRateHz, targetRateHz }: ResampleRates): number {
  const divisor = greatestCommonDivisor(sourceRateHz, targetRateHz);
  return Math.ceil((sourceCount * (targetRateHz / divisor)) / (sourceRateHz / divisor));
}

/** A resampler for one channel. Splitting the source into blocks differently changes no output bit. */
export function createResampler(rates: ResampleRates, quality = bestQuality): Resampler {
  if (rates.sourceRateHz === rates.targetRateHz) return passThrough;
  const filter = designFilter(rates, quality);
  // The taps of a position reach from `halfTaps - 1` samples before it to `halfTaps` after.
  const halfTaps = filter.tapCount / 2;
  // `kept` begins with the first source sample that the next output needs; before the first there is silence.
  let kept = new Float32Array(halfTaps - 1);
  let phase = 0;
  let receivedCount = 0;
  let madeCount = 0;

  const run = (block: Float32Array, mostOutputs: number): Float32Array => {
    const samples = new Float32Array(kept.length + block.length);
    samples.set(kept);
    samples.set(block, kept.length);
    const output = new Float32Array(Math.min(polyphaseCount(filter, phase, samples.length), mostOutputs));
    runPolyphase(filter, phase, samples, { output });
    const position = phase + output.length * filter.down;
    kept = samples.slice(Math.floor(position / filter.up));
    phase = position % filter.up;
    madeCount += output.length;
    return output;
  };

  return {
    push: (block) => {
      receivedCount += block.length;
      return run(block, Infinity);
    },
    finish: () => run(new Float32Array(halfTaps), resampledCount(receivedCount, rates) - madeCount),
  };
}

/** A whole channel at once. */
export function resample(samples: Float32Array, rates: ResampleRates): Float32Array {
  const resampler = createResampler(rates);
  const [body, tail] = [resampler.push(samples), resampler.finish()];
  const result = new Float32Array(body.length + tail.length);
  result.set(body);
  result.set(tail, body.length);
  return result;
}
