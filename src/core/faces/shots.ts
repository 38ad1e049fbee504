// The shots of a picture, from one pass over it at the size of a thumbnail.
import { endFrameOf, rangeBetween } from "../../shared/time/index.ts";
import type { FrameRange } from "../../shared/time/index.ts";
import type { Progress } from "../base/index.ts";
import { decodeFrames } from "../media/index.ts";
import type { MediaSource } from "../media/index.ts";
import { CutFinder, usualCutThresholds } from "./find-cuts.ts";
import type { Cut, CutThresholds } from "./find-cuts.ts";
import { glanceSize } from "./picture-change.ts";

export type FindCutsOptions = {
  /** Where to look. */
  readonly range: FrameRange;
  readonly streamIndex?: number;
  readonly thresholds?: CutThresholds;
  readonly signal?: AbortSignal;
  /** In frames. */
  readonly onProgress?: Progress;
};

/** Frames between two reports of progress. */
const reportFrames = 50;

/** The cuts inside a range, in order. Memory does not grow with the film; a frame that cannot be decoded repeats its neighbour. */
export async function findCuts(source: MediaSource, options: FindCutsOptions): Promise<readonly Cut[]> {
  const { range, streamIndex, signal, onProgress } = options;
  const finder = new CutFinder(range.startFrame, options.thresholds ?? usualCutThresholds);
  const decoding = {
    range,
    format: "rgb",
    size: glanceSize,
    missingFrames: "conceal",
    ...(streamIndex === undefined ? {} : { streamIndex }),
    ...(signal === undefined ? {} : { signal }),
  } as const;
  let doneFrames = 0;
  for await (using frame of decodeFrames(source, decoding)) {
    finder.push(frame.bytes);
    doneFrames += 1;
    if (doneFrames % reportFrames === 0) onProgress?.(doneFrames, range.durationFrames, "frames");
  }
  onProgress?.(doneFrames, range.durationFrames, "frames");
  return finder.finish();
}

/** The shots that cuts make of a range: it is covered without gap or overlap. Cuts at its edges or outside make none. */
export function shotsBetween(cutFrames: readonly number[], range: FrameRange): readonly FrameRange[] {
  if (range.durationFrames === 0) return [];
  const endFrame = endFrameOf(range);
  const inside = [...new Set(cutFrames)].filter((cut) => cut > range.startFrame && cut < endFrame);
  const bounds = [range.startFrame, ...inside.toSorted((a, b) => a - b), endFrame];
  return bounds.slice(1).map((end, index) => rangeBetween(bounds[index] ?? range.startFrame, end));
}
