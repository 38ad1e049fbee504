// Which frames are denoised together: windows over every run of faces, overlapping, never across a cut or a gap.
import { assert } from "../../../shared/failure/index.ts";
import { endFrameOf } from "../../../shared/time/index.ts";
import type { FrameRange } from "../../../shared/time/index.ts";

/** Frames that go through the network at once. The last of a short one is repeated until the window is full. */
export type LatentWindow = {
  /** Counted over the whole take. */
  readonly index: number;
  readonly startFrame: number;
  /** Frames of the picture in it; the network sees `frameCount + paddedFrames`. */
  readonly frameCount: number;
  readonly paddedFrames: number;
  /** Its first frames that the windows before it have made too: there its latents fade in over theirs. */
  readonly blendFrames: number;
  /** Its frames that no later window touches: they are finished with it. A range that begins at `startFrame`. */
  readonly finishedFrames: number;
};

export type WindowRules = {
  readonly windowFrames: number;
  /** Less than `windowFrames`. */
  readonly overlapFrames: number;
  /**
   * "full": every window is full, because the network's norms pool over all frames of a window (dossier 2.4). With overlap
   * the last one begins earlier, so that all its frames are real; without, and in runs shorter than a window, its last frame
   * is repeated. "short": the last window is as long as it comes, as published.
   */
  readonly tail: "full" | "short";
};

/** Runs are ranges of consecutive frames with a face and without a cut inside, in order and apart from each other. */
export function planWindows(runs: readonly FrameRange[], rules: WindowRules): readonly LatentWindow[] {
  const { windowFrames, overlapFrames } = rules;
  assert(overlapFrames >= 0 && overlapFrames < windowFrames, `an overlap is 0 to ${windowFrames - 1} frames`);
  return runs.flatMap((run) => windowsOfRun(run, rules)).map((window, index) => ({ ...window, index }));
}

function windowsOfRun(run: FrameRange, rules: WindowRules): readonly Omit<LatentWindow, "index">[] {
  const { windowFrames, tail } = rules;
  const starts = startsOf(run, rules);
  const endFrame = endFrameOf(run);
  return starts.map((startFrame, at) => {
    const frameCount = Math.min(windowFrames, endFrame - startFrame);
    const previousStart = starts[at - 1];
    return {
      startFrame,
      frameCount,
      paddedFrames: tail === "full" ? windowFrames - frameCount : 0,
      blendFrames: previousStart === undefined ? 0 : Math.max(0, previousStart + windowFrames - startFrame),
      finishedFrames: (starts[at + 1] ?? endFrame) - startFrame,
    };
  });
}

function startsOf({ startFrame, durationFrames }: FrameRange, rules: WindowRules): readonly number[] {
  const { windowFrames, overlapFrames, tail } = rules;
  const strideFrames = windowFrames - overlapFrames;
  const count = 1 + Math.max(0, Math.ceil((durationFrames - windowFrames) / strideFrames));
  const reachesBack = tail === "full" && overlapFrames > 0 && count > 1;
  return Array.from({ length: count }, (_, at) =>
    reachesBack && at === count - 1 ? startFrame + durationFrames - windowFrames : startFrame + at * strideFrames,
  );
}

/**
 * The share of the later window in the latents of its `blendFrames` first frames: a straight line that is neither 0 nor 1
 * anywhere, so that both have a say in each.
 */
export const blendShare = (frameInWindow: number, blendFrames: number): number =>
  frameInWindow >= blendFrames ? 1 : (frameInWindow + 1) / (blendFrames + 1);

/** The runs of faces in a range: cut at every frame without one and at every frame that begins a shot. */
export function runsOfFaces(
  range: FrameRange,
  hasFace: (frameIndex: number) => boolean,
  shotStarts: ReadonlySet<number>,
): readonly FrameRange[] {
  const runs: FrameRange[] = [];
  let begun: number | undefined;
  for (let frameIndex = range.startFrame; frameIndex <= endFrameOf(range); frameIndex++) {
    const isInside = frameIndex < endFrameOf(range) && hasFace(frameIndex);
    if (begun !== undefined && (!isInside || shotStarts.has(frameIndex))) {
      runs.push({ startFrame: begun, durationFrames: frameIndex - begun });
      begun = undefined;
    }
    if (isInside) begun ??= frameIndex;
  }
  return runs;
}
