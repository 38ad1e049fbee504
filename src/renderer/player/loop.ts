// Playing a range over and over, with some picture before and after, so that lips are judged in their flow.
import { endFrameOf, framesPerSecondOf, rangeBetween } from "../../shared/time/index.ts";
import type { FrameRange, FrameRate } from "../../shared/time/index.ts";
import type { PlayerState } from "./player-store.ts";

const rollSeconds = 1;

/** The range with a second before and after, within the clip. */
export function loopAround(
  range: FrameRange,
  clip: { readonly rate: FrameRate; readonly frameCount: number },
): FrameRange {
  const handles = Math.round(framesPerSecondOf(clip.rate) * rollSeconds);
  return rangeBetween(Math.max(0, range.startFrame - handles), Math.min(clip.frameCount, endFrameOf(range) + handles));
}

/**
 * Where to go on when the loop's end was passed; undefined inside. Leaving a clip's very last frame is left to the
 * element, which stops there, so the loop turns one frame earlier.
 */
export function loopTurn({ loop, shownFrame, speedRatio, clip }: PlayerState): number | undefined {
  if (!loop || !clip || speedRatio <= 0) return undefined;
  const lastFrame = Math.min(loop.startFrame + loop.durationFrames - 1, clip.frameCount - 2);
  return shownFrame >= lastFrame ? loop.startFrame : undefined;
}
