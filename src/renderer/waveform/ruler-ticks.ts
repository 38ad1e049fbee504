// Where the ruler draws its marks: on round labels, as dense as labels can be read. Pure.
import { formatTimecode, labelFramesOf, nominalFramesPerSecond, timecodeFieldsOf } from "../../shared/time/index.ts";
import type { Frame, TimecodeBase } from "../../shared/time/index.ts";
import { frameAtPx, pxOfFrame, visibleFrames } from "./viewport.ts";
import type { Viewport } from "./viewport.ts";

export type RulerTick = {
  readonly px: number;
  /** Only main marks carry a label. */
  readonly label: string | undefined;
};

/** In seconds of labels; below one second marks are counted in frames. */
const secondSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600] as const;

/** What divides a second evenly, so that every second is labelled alike: 1, 2, 3, 4, 6, 8, 12 at 24. */
const frameStepsOf = (perSecond: number): readonly number[] =>
  Array.from({ length: Math.floor(perSecond / 2) }, (_, index) => index + 1).filter((step) => perSecond % step === 0);

const narrowestLabelPx = 112;
/** Small marks between two labels, where there is room. */
const narrowestMarkPx = 8;

export function rulerTicks(view: Viewport, base: TimecodeBase): readonly RulerTick[] {
  const perSecond = nominalFramesPerSecond(base.rate);
  const steps = [...frameStepsOf(perSecond), ...secondSteps.map((step) => step * perSecond)];
  const labelStep = steps.find((step) => step / view.framesPerPx >= narrowestLabelPx) ?? 3600 * perSecond;
  const markStep =
    steps.find((step) => step / view.framesPerPx >= narrowestMarkPx && labelStep % step === 0) ?? labelStep;
  return labelNumbers(view, base, markStep).map((labelNumber) => {
    const frame = frameOfLabelNumber(labelNumber, base);
    const isMain = labelNumber % labelStep === 0;
    return { px: pxOfFrame(frame, view), label: isMain ? formatTimecode(frame, base) : undefined };
  });
}

/** Numbers of labels, counted as if none were dropped, that are multiples of `step` and in the window. */
function labelNumbers(view: Viewport, base: TimecodeBase, step: number): readonly number[] {
  const first = labelNumberAt(Math.max(0, Math.floor(view.startFrame)), base);
  const lastFrame = frameAtPx(view.widthPx, view);
  const numbers: number[] = [];
  // One dropped label per mark at most, hence the slack; a day's wrap is never reached within a reel.
  const most = Math.ceil(visibleFrames(view) / step) + 4;
  for (let number = Math.floor(first / step) * step; numbers.length < most; number += step) {
    const frame = frameOfLabelNumber(number, base);
    if (frame > lastFrame) break;
    if (frame >= view.startFrame - step) numbers.push(number);
  }
  return numbers;
}

function labelNumberAt(frame: Frame, base: TimecodeBase): number {
  const { hours, minutes, seconds, frames } = timecodeFieldsOf(frame, base);
  return ((hours * 60 + minutes) * 60 + seconds) * nominalFramesPerSecond(base.rate) + frames;
}

function frameOfLabelNumber(labelNumber: number, base: TimecodeBase): number {
  const perSecond = nominalFramesPerSecond(base.rate);
  const seconds = Math.floor(labelNumber / perSecond);
  const fields = { hours: 0, minutes: 0, seconds, frames: labelNumber % perSecond };
  return labelFramesOf(fields, base) - base.startLabelFrames;
}
