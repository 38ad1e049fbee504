// Which frames of a track can be re-synced, and why the others cannot: one reason with its number per frame.
import type { FaceBox } from "../models/index.ts";
import type { FacePose } from "./face-pose.ts";

/** What is known of one frame of a track. What was not measured is not held against it. */
export type FrameMeasures = {
  /** Undefined where the face is not seen, not even between neighbours. */
  readonly box: FaceBox | undefined;
  readonly pose?: FacePose;
  /** Of the aligned crop; see `sharpnessOf`. */
  readonly sharpnessRatio?: number;
  /** Share of the mouth's region that something hides. */
  readonly hiddenRatio?: number;
  /** How sure the mesh is that there is a face; without one nothing can be aligned. */
  readonly presenceRatio?: number;
  /** A person took the frame out. */
  readonly isExcluded?: boolean;
};

export type EligibilityLimits = {
  readonly leastFaceHeightPx: number;
  /** Share of the face's box inside the frame. */
  readonly leastInFrameRatio: number;
  readonly mostYawRadians: number;
  readonly mostPitchRadians: number;
  readonly leastSharpnessRatio: number;
  readonly mostHiddenRatio: number;
  /** Eligible stretches shorter than this are left as they are. */
  readonly leastRunFrames: number;
};

const degrees = Math.PI / 180;

export const usualEligibilityLimits: EligibilityLimits = {
  leastFaceHeightPx: 60,
  leastInFrameRatio: 0.85,
  // The mesh takes every head beyond 55 degrees for one of 50 to 58.
  mostYawRadians: 50 * degrees,
  mostPitchRadians: 40 * degrees,
  leastSharpnessRatio: 0.03,
  mostHiddenRatio: 0.3,
  leastRunFrames: 5,
};

export const ineligibleReasons = [
  "excluded",
  "no-face",
  "too-small",
  "out-of-frame",
  "turned-away",
  "tilted",
  "mouth-hidden",
  "blurred",
  "short-run",
] as const;

export type IneligibleReason = (typeof ineligibleReasons)[number];

/** What keeps a frame from being re-synced: what was measured against what was asked for, in the unit of the limit. */
export type Ineligible = { readonly reason: IneligibleReason; readonly measured: number; readonly limit: number };

export type FrameSizePx = { readonly widthPx: number; readonly heightPx: number };

/** MediaPipe's own threshold: below it the mesh lies anywhere. */
const leastPresenceRatio = 0.5;

type Check = (
  measures: FrameMeasures & { readonly box: FaceBox },
  limits: EligibilityLimits,
  frame: FrameSizePx,
) => Ineligible | undefined;

const atLeast = (reason: IneligibleReason, measured: number | undefined, limit: number): Ineligible | undefined =>
  measured !== undefined && measured < limit ? { reason, measured, limit } : undefined;
const atMost = (reason: IneligibleReason, measured: number | undefined, limit: number): Ineligible | undefined =>
  measured !== undefined && measured > limit ? { reason, measured, limit } : undefined;

/** In the order in which they are told: what makes the others meaningless comes first. */
const checks: readonly Check[] = [
  ({ box }, limits) => atLeast("too-small", box.height, limits.leastFaceHeightPx),
  ({ box }, limits, frame) => atLeast("out-of-frame", inFrameRatio(box, frame), limits.leastInFrameRatio),
  ({ pose }, limits) => atMost("turned-away", pose && Math.abs(pose.yawRadians), limits.mostYawRadians),
  ({ pose }, limits) => atMost("tilted", pose && Math.abs(pose.pitchRadians), limits.mostPitchRadians),
  ({ presenceRatio }) => atLeast("no-face", presenceRatio, leastPresenceRatio),
  ({ hiddenRatio }, limits) => atMost("mouth-hidden", hiddenRatio, limits.mostHiddenRatio),
  ({ sharpnessRatio }, limits) => atLeast("blurred", sharpnessRatio, limits.leastSharpnessRatio),
];

/** Share of a box's area inside the frame. */
function inFrameRatio({ x, y, width, height }: FaceBox, { widthPx, heightPx }: FrameSizePx): number {
  const across = Math.min(x + width, widthPx) - Math.max(x, 0);
  const down = Math.min(y + height, heightPx) - Math.max(y, 0);
  return (Math.max(0, across) * Math.max(0, down)) / (width * height);
}

/** Frame by frame what keeps it from being re-synced, or undefined where nothing does. */
export function judgeFrames(
  frames: readonly FrameMeasures[],
  frameSize: FrameSizePx,
  limits: EligibilityLimits = usualEligibilityLimits,
): readonly (Ineligible | undefined)[] {
  const verdicts = frames.map((measures): Ineligible | undefined => {
    const { box, isExcluded } = measures;
    if (isExcluded === true) return { reason: "excluded", measured: 1, limit: 0 };
    if (!box) return { reason: "no-face", measured: 0, limit: 1 };
    for (const check of checks) {
      const found = check({ ...measures, box }, limits, frameSize);
      if (found) return found;
    }
    return undefined;
  });
  return markShortRuns(verdicts, limits.leastRunFrames);
}

function markShortRuns(
  verdicts: readonly (Ineligible | undefined)[],
  limit: number,
): readonly (Ineligible | undefined)[] {
  const marked = [...verdicts];
  let runStart = 0;
  for (let index = 0; index <= verdicts.length; index++) {
    if (index < verdicts.length && verdicts[index] === undefined) continue;
    const measured = index - runStart;
    const mark = measured < limit ? ({ reason: "short-run", measured, limit } as const) : undefined;
    for (let place = runStart; place < index; place++) marked[place] = mark;
    runStart = index + 1;
  }
  return marked;
}
