// Which frame a timestamp belongs to, and where one frame ends and the next begins, in ticks of the stream.
import { assert } from "../../shared/failure/index.ts";
import type { VideoStreamFacts } from "../../shared/project/index.ts";
import { ticksPerFrame } from "./frame-rate.ts";

export type FrameClock = {
  /** The frame shown at that timestamp, which must be the frame's own; NaN when it is no frame's. */
  readonly frameAt: (ticks: number) => number;
  /** The smallest tick that can only belong to `frameIndex` or later. */
  readonly boundaryTicks: (frameIndex: number) => number;
  /** Seconds on the file's own clock at which `frameIndex` is shown, good to a tick. */
  readonly secondsOf: (frameIndex: number) => number;
};

/**
 * The clock of a stream. A constant rate needs no list: rounded timestamps lie within a tick of the grid, so the middle
 * between two frames separates them. A variable rate needs `frameTicks`, ascending.
 */
export function frameClock(facts: VideoStreamFacts, frameTicks?: Float64Array): FrameClock {
  const { timeBase, firstFrameTicks } = facts;
  const toSeconds = (ticks: number) => (ticks * timeBase.num) / timeBase.den;
  if (facts.isConstantFrameRate) {
    const stepTicks = ticksPerFrame(timeBase, facts.frameRate);
    return {
      frameAt: (ticks) => Math.round((ticks - firstFrameTicks) / stepTicks),
      boundaryTicks: (frameIndex) => Math.ceil(firstFrameTicks + (frameIndex - 0.5) * stepTicks),
      secondsOf: (frameIndex) => toSeconds(firstFrameTicks + frameIndex * stepTicks),
    };
  }
  assert(frameTicks !== undefined, "a variable rate comes with its timestamps");
  const afterLastTicks = (frameTicks.at(-1) ?? 0) + 1;
  return {
    frameAt: (ticks) => {
      // A decoder may move a timestamp by a tick; two frames are never closer.
      const frameIndex = lowerBound(frameTicks, ticks);
      const [before, at] = [frameTicks[frameIndex - 1] ?? -Infinity, frameTicks[frameIndex] ?? Infinity];
      if (at === ticks || at - ticks === 1) return frameIndex;
      return ticks - before === 1 ? frameIndex - 1 : NaN;
    },
    boundaryTicks: (frameIndex) => frameTicks[frameIndex] ?? afterLastTicks,
    secondsOf: (frameIndex) => toSeconds(frameTicks[frameIndex] ?? afterLastTicks),
  };
}

/**
 * Timestamps that rise by at least one tick: where a careless muxer gave two frames the same one, the later frame is
 * moved, as ffmpeg's decoder does.
 */
export function risingTicks(ascending: Float64Array): Float64Array {
  let lastTicks = -Infinity;
  return ascending.map((ticks) => {
    lastTicks = Math.max(ticks, lastTicks + 1);
    return lastTicks;
  });
}

/** Index of the first value not below `wanted`. */
function lowerBound(ascending: Float64Array, wanted: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? Infinity) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
