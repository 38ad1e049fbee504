// Half-open ranges of frames and samples and their algebra. The end is the first frame that is out.
import { assert } from "../failure/index.ts";
import { convertFrame, frameToSample, sampleToFrame } from "./positions.ts";
import type { Frame, FrameToFrame, FrameToSample, SampleIndex } from "./positions.ts";

/** [startFrame, startFrame + durationFrames). A duration of 0 is a place, not a stretch: it holds no frame. */
export type FrameRange = { readonly startFrame: Frame; readonly durationFrames: number };

/** [startSample, startSample + durationSamples), the same in every channel. */
export type SampleRange = { readonly startSample: SampleIndex; readonly durationSamples: number };

/** The range from the first frame in to the first frame out. */
export function rangeBetween(startFrame: Frame, endFrame: Frame): FrameRange {
  assert(endFrame >= startFrame, `a range ends at or after its start, found ${startFrame} to ${endFrame}`);
  return { startFrame, durationFrames: endFrame - startFrame };
}

/** First frame out. */
export const endFrameOf = (range: FrameRange): Frame => range.startFrame + range.durationFrames;

export const isEmptyRange = (range: FrameRange): boolean => range.durationFrames === 0;

export const areRangesEqual = (left: FrameRange, right: FrameRange): boolean =>
  left.startFrame === right.startFrame && left.durationFrames === right.durationFrames;

export const containsFrame = (range: FrameRange, frame: Frame): boolean =>
  frame >= range.startFrame && frame < endFrameOf(range);

/** Whether every frame of `inner` is in `outer`; an empty `inner` is in it when its place is in or at an edge. */
export const containsRange = (outer: FrameRange, inner: FrameRange): boolean =>
  inner.startFrame >= outer.startFrame && endFrameOf(inner) <= endFrameOf(outer);

/** Whether they share a frame. */
export const doRangesOverlap = (left: FrameRange, right: FrameRange): boolean => intersect(left, right) !== undefined;

/** The frames both hold; undefined when there are none. */
export function intersect(left: FrameRange, right: FrameRange): FrameRange | undefined {
  const startFrame = Math.max(left.startFrame, right.startFrame);
  const endFrame = Math.min(endFrameOf(left), endFrameOf(right));
  return endFrame > startFrame ? rangeBetween(startFrame, endFrame) : undefined;
}

/** The smallest range around both, with what lies between them. */
export const hull = (left: FrameRange, right: FrameRange): FrameRange =>
  rangeBetween(Math.min(left.startFrame, right.startFrame), Math.max(endFrameOf(left), endFrameOf(right)));

export const shiftRange = (range: FrameRange, shiftFrames: number): FrameRange => ({
  startFrame: range.startFrame + shiftFrames,
  durationFrames: range.durationFrames,
});

/** `handleFrames` more on either side, as far as `bounds` go. The range lies in the bounds. */
export const withHandles = (range: FrameRange, handleFrames: number, bounds: FrameRange): FrameRange =>
  rangeBetween(
    Math.max(bounds.startFrame, range.startFrame - handleFrames),
    Math.min(endFrameOf(bounds), endFrameOf(range) + handleFrames),
  );

/** The same frames as sorted ranges, none empty, no two touching: the normal form of the list algebra below. */
export function uniteRanges(ranges: readonly FrameRange[]): readonly FrameRange[] {
  const united: FrameRange[] = [];
  for (const range of ranges.filter((each) => !isEmptyRange(each)).toSorted((a, b) => a.startFrame - b.startFrame)) {
    const last = united.at(-1);
    if (last !== undefined && range.startFrame <= endFrameOf(last)) united[united.length - 1] = hull(last, range);
    else united.push(range);
  }
  return united;
}

/** The frames of both lists, in normal form. */
export function intersectRanges(left: readonly FrameRange[], right: readonly FrameRange[]): readonly FrameRange[] {
  const lefts = uniteRanges(left);
  const rights = uniteRanges(right);
  const shared: FrameRange[] = [];
  let rightIndex = 0;
  for (const range of lefts) {
    while (isBefore(rights[rightIndex], range.startFrame)) rightIndex += 1;
    for (let index = rightIndex; ; index += 1) {
      const other = rights[index];
      const both = other && intersect(range, other);
      if (both === undefined) break;
      shared.push(both);
    }
  }
  return shared;
}

/** The frames of `ranges` that no hole holds, in normal form. */
export function subtractRanges(ranges: readonly FrameRange[], holes: readonly FrameRange[]): readonly FrameRange[] {
  const holesInOrder = uniteRanges(holes);
  const kept: FrameRange[] = [];
  let holeIndex = 0;
  for (const range of uniteRanges(ranges)) {
    while (isBefore(holesInOrder[holeIndex], range.startFrame)) holeIndex += 1;
    let startFrame = range.startFrame;
    for (let index = holeIndex; ; index += 1) {
      const hole = holesInOrder[index];
      if (hole === undefined || hole.startFrame >= endFrameOf(range)) break;
      if (hole.startFrame > startFrame) kept.push(rangeBetween(startFrame, hole.startFrame));
      startFrame = Math.max(startFrame, endFrameOf(hole));
    }
    if (startFrame < endFrameOf(range)) kept.push(rangeBetween(startFrame, endFrameOf(range)));
  }
  return kept;
}

const isBefore = (range: FrameRange | undefined, frame: Frame): boolean =>
  range !== undefined && endFrameOf(range) <= frame;

/** Consecutive ranges of `partFrames`, the last one shorter when it doesn't divide. */
export function splitRange(range: FrameRange, partFrames: number): readonly FrameRange[] {
  assert(Number.isInteger(partFrames) && partFrames > 0, `a part holds at least one frame, found ${partFrames}`);
  return Array.from({ length: Math.ceil(range.durationFrames / partFrames) }, (_, index) => {
    const startFrame = range.startFrame + index * partFrames;
    return rangeBetween(startFrame, Math.min(startFrame + partFrames, endFrameOf(range)));
  });
}

/** Both edges converted by the same rounding, so ranges that touch still touch and none overlaps. */
export function rangeToSamples(range: FrameRange, by: FrameToSample): SampleRange {
  const startSample = frameToSample(range.startFrame, by);
  return { startSample, durationSamples: frameToSample(endFrameOf(range), by) - startSample };
}

/** The frames on screen while any of the samples sounds: start rounded down, end rounded up. */
export function framesCoveringSamples(range: SampleRange, by: Omit<FrameToSample, "rounding">): FrameRange {
  const endSample = range.startSample + range.durationSamples;
  return rangeBetween(
    sampleToFrame(range.startSample, { ...by, rounding: "floor" }),
    sampleToFrame(endSample, { ...by, rounding: "ceil" }),
  );
}

/** Both edges converted by the same rounding, so ranges that touch still touch and none overlaps. */
export const convertRange = (range: FrameRange, by: FrameToFrame): FrameRange =>
  rangeBetween(convertFrame(range.startFrame, by), convertFrame(endFrameOf(range), by));
