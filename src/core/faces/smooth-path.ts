// Takes the trembling out of a track without lag: a smoother over the whole run that yields where the head really moves.
import { assert } from "../../shared/failure/index.ts";

/** What a track holds frame by frame: `coordinates` numbers each (six for three anchors), in pixels. */
export type Path = { readonly coordinates: number; readonly values: Float64Array };

export type SmoothOptions = {
  /** Frames (counted in the path) at which something new begins: nothing before one touches anything from it on. */
  readonly cuts?: readonly number[];
  /** Trust per frame, 0..1; a frame of 0 is filled from its neighbours, whatever it holds. All 1 when absent. */
  readonly trust?: Float64Array;
  /**
   * Where the thing itself is known to go, number by number, from anywhere (`carriedPath`). Only the difference from it is
   * smoothed, so that no motion of the head's is taken for trembling, and no trembling for motion.
   */
  readonly carried?: Float64Array;
  /** Of the picture, so that a second of film is smoothed alike at any rate; 25 when absent. */
  readonly framesPerSecond?: number;
};

/** How stiff a resting path is at 25 frames a second: the weight of squared bends. Halves what swings at 1.5 Hz. */
const restingStiffness = 50;
/** So pliant that a real motion passes whole. */
const leastStiffness = 1e-3;
/** Departures up to this many times the noise are called noise; more where the head's motion is known and cannot be hurt. */
const noiseRatio = 1.5;
const carriedNoiseRatio = 4;
/** How fast stiffness falls with the departure. */
const yielding = 6;
const rounds = 6;
/** Noise below this is taken for this: landmarks are never known better. In pixels. */
const noiseFloorPx = 0.01;
/** Departure is judged over this many frames to either side. */
const judgedFrames = 2;

/**
 * The smoothed path. It minimises, run by run between cuts,
 *
 *     sum of trust (smooth - measured)^2 + sum of stiffness (smooth[t-1] - 2 smooth[t] + smooth[t+1])^2,
 *
 * which is what a Kalman filter for constant velocity run forward and then backward gives: no lag, and a path of constant
 * velocity stays as it is. Where it departs from the measured path by more than the noise, in all coordinates together,
 * stiffness gives way. The noise is estimated from each run itself.
 */
export function smoothPath(path: Path, options: SmoothOptions = {}): Path {
  const { carried } = options;
  if (!carried) return smoothRuns(path, options, noiseRatio);
  assert(carried.length === path.values.length, "a path and where it is carried have the same numbers");
  const difference = path.values.map((value, at) => value - (carried[at] ?? 0));
  const { values } = smoothRuns({ ...path, values: difference }, options, carriedNoiseRatio);
  return { ...path, values: values.map((value, at) => value + (carried[at] ?? 0)) };
}

function smoothRuns(path: Path, options: SmoothOptions, ratio: number): Path {
  const { coordinates, values } = path;
  const frameCount = values.length / coordinates;
  assert(Number.isInteger(frameCount), `a path holds ${coordinates} numbers for every frame`);
  const trust = options.trust ?? new Float64Array(frameCount).fill(1);
  assert(trust.length === frameCount, `trust is given for each of ${frameCount} frames, not ${trust.length}`);
  const smooth = Float64Array.from(values);
  const perSecond = (options.framesPerSecond ?? 25) / 25;
  const stiffness = restingStiffness * perSecond ** 4;
  const inside = (options.cuts ?? []).filter((cut) => cut > 0 && cut < frameCount);
  const bounds = [0, ...inside.toSorted((a, b) => a - b), frameCount];
  for (const [index, first] of bounds.entries()) {
    const end = bounds[index + 1] ?? first;
    const run = values.subarray(first * coordinates, end * coordinates);
    smooth.set(
      smoothRun({ coordinates, values: run, trust: trust.subarray(first, end) }, stiffness, ratio),
      first * coordinates,
    );
  }
  return { coordinates, values: smooth };
}

type Run = Path & { readonly trust: Float64Array };

function smoothRun(run: Run, stiffness: number, ratio: number): Float64Array {
  const frameCount = run.trust.length;
  const trusted = run.trust.reduce((count, trust) => count + (trust > 0 ? 1 : 0), 0);
  // Two points of trust fix a line; with fewer there is nothing to smooth by.
  if (frameCount < 3 || trusted < 2) return Float64Array.from(run.values);
  const noisePx = measuredNoise(run);
  const bends = new Float64Array(frameCount).fill(stiffness);
  let smooth = solve(run, bends);
  for (let round = 1; round < rounds; round++) {
    const departure = departures(run, smooth, noisePx);
    for (let frame = 0; frame < frameCount; frame++) {
      const beyond = Math.max(1, (departure[frame] ?? 0) / ratio);
      // Stiffness only falls, so that the rounds settle.
      const yielded = Math.max(leastStiffness, (bends[frame] ?? 0) * beyond ** -yielding);
      bends[frame] = yielded;
    }
    smooth = solve(run, bends);
  }
  return smooth;
}

/**
 * Standard deviation of each coordinate's noise: the median third difference, in which motion hardly shows (for white
 * noise its variance is 20 times the noise's).
 */
function measuredNoise({ coordinates, values, trust }: Run): Float64Array {
  return Float64Array.from({ length: coordinates }, (_, coordinate) => {
    const at = (frameIndex: number): number => values[frameIndex * coordinates + coordinate] ?? 0;
    const sizes: number[] = [];
    for (let frame = 0; frame + 3 < trust.length; frame++) {
      if (trust.subarray(frame, frame + 4).includes(0)) continue;
      sizes.push(Math.abs(at(frame + 3) - 3 * at(frame + 2) + 3 * at(frame + 1) - at(frame)));
    }
    const median = sizes.toSorted((a, b) => a - b)[Math.floor(sizes.length / 2)] ?? 0;
    return Math.max(noiseFloorPx, (1.4826 * median) / Math.sqrt(20));
  });
}

/** How many times the noise the smoothed path lies off the measured one around each frame, over all coordinates. */
function departures({ coordinates, values, trust }: Run, smooth: Float64Array, noisePx: Float64Array): Float64Array {
  const squares = trust.map((frameTrust, frame) => {
    if (frameTrust === 0) return 0;
    let sum = 0;
    for (let coordinate = 0; coordinate < coordinates; coordinate++) {
      const at = frame * coordinates + coordinate;
      sum += (((smooth[at] ?? 0) - (values[at] ?? 0)) / (noisePx[coordinate] ?? 1)) ** 2;
    }
    return (frameTrust * sum) / coordinates;
  });
  return squares.map((_, frame) => {
    const [from, to] = [Math.max(0, frame - judgedFrames), Math.min(trust.length, frame + judgedFrames + 1)];
    let [sum, weight] = [0, 0];
    for (let near = from; near < to; near++) {
      sum += squares[near] ?? 0;
      weight += trust[near] ?? 0;
    }
    return weight > 0 ? Math.sqrt(sum / weight) : 0;
  });
}

/**
 * The minimum for given stiffness per bend: (T + D' S D) x = T y, a symmetric matrix with two bands beside its diagonal,
 * by its L D L' decomposition in one pass forward and one back, for all coordinates at once.
 */
function solve({ coordinates, values, trust }: Run, bends: Float64Array): Float64Array {
  const frameCount = trust.length;
  const [diagonal, near, far] = [
    new Float64Array(frameCount),
    new Float64Array(frameCount),
    new Float64Array(frameCount),
  ];
  const x = new Float64Array(values.length);
  const bend = (frameIndex: number): number =>
    frameIndex > 0 && frameIndex < frameCount - 1 ? (bends[frameIndex] ?? 0) : 0;
  for (let frame = 0; frame < frameCount; frame++) {
    const [before, here, after] = [bend(frame - 1), bend(frame), bend(frame + 1)];
    const [near1, far1, far2] = [near[frame - 1] ?? 0, far[frame - 1] ?? 0, far[frame - 2] ?? 0];
    const [d1, d2] = [diagonal[frame - 1] ?? 0, diagonal[frame - 2] ?? 0];
    const trustHere = trust[frame] ?? 0;
    const pivot = trustHere + before + 4 * here + after - near1 * near1 * d1 - far2 * far2 * d2;
    diagonal[frame] = pivot;
    near[frame] = (-2 * here - 2 * after - near1 * far1 * d1) / pivot;
    far[frame] = after / pivot;
    for (let coordinate = 0; coordinate < coordinates; coordinate++) {
      const at = frame * coordinates + coordinate;
      const given = trustHere > 0 ? trustHere * (values[at] ?? 0) : 0;
      x[at] = given - near1 * (x[at - coordinates] ?? 0) - far2 * (x[at - 2 * coordinates] ?? 0);
    }
  }
  for (let at = x.length - 1; at >= 0; at--) {
    const frame = Math.floor(at / coordinates);
    const next = (near[frame] ?? 0) * (x[at + coordinates] ?? 0) + (far[frame] ?? 0) * (x[at + 2 * coordinates] ?? 0);
    x[at] = (x[at] ?? 0) / (diagonal[frame] ?? 1) - next;
  }
  return x;
}
