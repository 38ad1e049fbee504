// How well a mouth's opening follows the level of the dialogue, without any sync network.
import { frameToSample } from "../../shared/time/index.ts";
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

/**
 * The level of each frame's own sound, 0 for -60 dBFS and below, 1 for a square wave at full scale; smoothed over a frame to
 * either side, for lips are slower than levels. `samples` begin with the first frame.
 */
export function frameLevels(samples: Float32Array, { frameRate, frameCount, sampleRateHz }: Picture): Float32Array {
  const by = { rate: frameRate, sampleRateHz, rounding: "nearest" } as const;
  const levels = Float32Array.from({ length: frameCount }, (_, frame) => {
    const [from, to] = [frameToSample(frame, by), frameToSample(frame + 1, by)];
    let energy = 0;
    for (const sample of samples.subarray(from, to)) energy += sample * sample;
    const db = 10 * Math.log10(energy / Math.max(1, to - from));
    return Math.max(0, 1 - db / silenceDb);
  });
  return levels.map((level, frame) => ((levels[frame - 1] ?? level) + 2 * level + (levels[frame + 1] ?? level)) / 4);
}
