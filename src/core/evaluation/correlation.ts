// How well a mouth follows the level of the dialogue, without any sync network.
import { framesPerSecondOf, frameToSample } from "../../shared/time/index.ts";
import type { FrameRate } from "../../shared/time/index.ts";

/** With fewer pairs a correlation says nothing. */
const leastPairs = 8;

/** Pearson's correlation over the places where both are numbers; undefined where there are too few, or one never changes. */
export function correlation(left: ArrayLike<number>, right: ArrayLike<number>): number | undefined {
  let [count, sumLeft, sumRight, squaresLeft, squaresRight, products] = [0, 0, 0, 0, 0, 0];
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const [a, b] = [left[at] ?? NaN, right[at] ?? NaN];
    if (Number.isNaN(a) || Number.isNaN(b)) continue;
    count += 1;
    sumLeft += a;
    sumRight += b;
    squaresLeft += a * a;
    squaresRight += b * b;
    products += a * b;
  }
  if (count < leastPairs) return undefined;
  const spreadLeft = squaresLeft - (sumLeft * sumLeft) / count;
  const spreadRight = squaresRight - (sumRight * sumRight) / count;
  const together = products - (sumLeft * sumRight) / count;
  // What rounding leaves of a constant is not a spread.
  if (spreadLeft <= 1e-9 * squaresLeft || spreadRight <= 1e-9 * squaresRight) return undefined;
  return Math.max(-1, Math.min(1, together / Math.sqrt(spreadLeft * spreadRight)));
}

const silenceDb = -60;

type Picture = { readonly frameRate: FrameRate; readonly frameCount: number; readonly sampleRateHz: number };

/** The level of each frame's own sound: 0 for -60 dBFS and below, 1 at full scale. `samples` begin with the first frame. */
export function frameLevels(samples: Float32Array, { frameRate, frameCount, sampleRateHz }: Picture): Float32Array {
  const by = { rate: frameRate, sampleRateHz, rounding: "nearest" } as const;
  return Float32Array.from({ length: frameCount }, (_, frame) => {
    const [from, to] = [frameToSample(frame, by), frameToSample(frame + 1, by)];
    let energy = 0;
    for (const sample of samples.subarray(from, to)) energy += sample * sample;
    const db = 10 * Math.log10(energy / Math.max(1, to - from));
    return Math.max(0, 1 - db / silenceDb);
  });
}

/** Speech is syllables, not single frames: both sides are looked at over an eighth of a second to either side. */
const reachSeconds = 0.125;

/**
 * Whether a mouth moves when there is speech and rests when there is none, -1..1. Its travel is compared and not its opening:
 * who smiles in the pauses has the mouth open in silence, and closes it to speak.
 */
export function mouthCorrelation(
  openings: ArrayLike<number>,
  levels: Float32Array,
  rate: FrameRate,
): number | undefined {
  const reachFrames = Math.max(1, Math.round(reachSeconds * framesPerSecondOf(rate)));
  const travel = Float32Array.from(openings, (_, frame) =>
    Math.abs((openings[frame + 1] ?? NaN) - (openings[frame - 1] ?? NaN)),
  );
  return correlation(smoothed(travel, reachFrames), smoothed(levels, reachFrames));
}

/** The mean of what was measured around each place; NaN where nothing was. */
const smoothed = (values: Float32Array, reach: number): Float32Array =>
  values.map((_, at) => {
    let [count, sum] = [0, 0];
    for (const value of values.subarray(Math.max(0, at - reach), at + reach + 1)) {
      if (Number.isNaN(value)) continue;
      count += 1;
      sum += value;
    }
    return sum / count;
  });
