// A track's frames held against the limits: which can be re-synced, and why the others cannot.
import type { FaceBox } from "../../models/index.ts";
import { ineligibleReasons, judgeFrames } from "../eligibility.ts";
import type { EligibilityLimits, FrameMeasures, Ineligible, IneligibleReason } from "../eligibility.ts";
import { inverseOf } from "../affine.ts";
import { correctedBoxes } from "./corrections.ts";
import { isExcluded } from "./track-geometry.ts";
import type { TrackGeometry } from "./track-geometry.ts";
import { boxThrough, uprightSize, uprightToFrame } from "./upright.ts";

/** What a file knows of a ratio, or nothing. */
const known = (ratio: number | undefined): number | undefined =>
  ratio === undefined || Number.isNaN(ratio) ? undefined : ratio;

/** For so many frames nobody can do much behind the detector's back. */
const mostFilledFrames = 3;

/** The mesh's presence, and 0 in stretches without a face that are too long to be filled in from both sides. */
function presenceRatios({ frameCount, seen, presenceRatio }: TrackGeometry): Float32Array {
  const ratios = Float32Array.from(presenceRatio);
  let from = 0;
  for (let frame = 0; frame <= frameCount; frame++) {
    if (frame < frameCount && seen[frame] !== 1) continue;
    if (frame - from > mostFilledFrames) ratios.fill(0, from, frame);
    else ratios.fill(NaN, from, frame);
    from = frame + 1;
  }
  return ratios;
}

/** Frame by frame of the track what keeps it from being re-synced; undefined where nothing does. */
export function judgeTrack(geometry: TrackGeometry, limits: EligibilityLimits): readonly (Ineligible | undefined)[] {
  const { frameCount, frameSize, rotationDegrees, corrections, pose } = geometry;
  const presence = presenceRatios(geometry);
  const boxes = correctedBoxes(geometry);
  const frameToUpright = inverseOf(uprightToFrame(frameSize, rotationDegrees));
  const measures = Array.from({ length: frameCount }, (_, frame): FrameMeasures => {
    const [x = 0, y = 0, width = 0, height = 0] = boxes.subarray(4 * frame, 4 * frame + 4);
    const [yawRadians = 0, pitchRadians = 0, rollRadians = 0] = pose.subarray(3 * frame, 3 * frame + 3);
    const sharpnessRatio = known(geometry.sharpnessRatio[frame]);
    const hiddenRatio = known(geometry.hiddenRatio[frame]);
    const presenceRatio = known(presence[frame]);
    const box: FaceBox = boxThrough(frameToUpright, { x, y, width, height });
    return {
      box,
      pose: { yawRadians, pitchRadians, rollRadians },
      ...(sharpnessRatio === undefined ? {} : { sharpnessRatio }),
      ...(hiddenRatio === undefined ? {} : { hiddenRatio }),
      ...(presenceRatio === undefined ? {} : { presenceRatio }),
      isExcluded: isExcluded(corrections, frame),
    };
  });
  return judgeFrames(measures, uprightSize(frameSize, rotationDegrees), limits);
}

/** Frames of a track that share a verdict, as few runs as there are changes. */
export type VerdictRun = {
  /** Counted in the track. */
  readonly startFrame: number;
  readonly durationFrames: number;
  /** Undefined: eligible. */
  readonly reason: IneligibleReason | undefined;
  /** The number farthest from its limit within the run; both undefined where eligible. */
  readonly measured: number | undefined;
  readonly limit: number | undefined;
};

export function verdictRuns(verdicts: readonly (Ineligible | undefined)[]): readonly VerdictRun[] {
  const runs: VerdictRun[] = [];
  for (const [frame, verdict] of verdicts.entries()) {
    const last = runs.at(-1);
    if (!last || last.reason !== verdict?.reason) {
      const { reason, measured, limit } = verdict ?? {};
      runs.push({ startFrame: frame, durationFrames: 1, reason, measured, limit });
    } else runs[runs.length - 1] = { ...last, durationFrames: last.durationFrames + 1, measured: worse(last, verdict) };
  }
  return runs;
}

function worse(run: VerdictRun, verdict: Ineligible | undefined): number | undefined {
  if (!verdict || run.measured === undefined) return run.measured;
  const { measured, limit } = verdict;
  return Math.abs(measured - limit) > Math.abs(run.measured - limit) ? measured : run.measured;
}

export type TrackSummary = {
  readonly eligibleFrames: number;
  readonly medianFaceSizePx: number;
  readonly ineligibleFrames: { readonly [Reason in IneligibleReason]?: number };
};

/** What a track's record says of it, and how many frames each reason takes. */
export function summariseTrack(geometry: TrackGeometry, limits: EligibilityLimits): TrackSummary {
  const verdicts = judgeTrack(geometry, limits);
  const boxes = correctedBoxes(geometry);
  const sizes = Array.from({ length: geometry.frameCount }, (_, frame) =>
    Math.max(boxes[4 * frame + 2] ?? 0, boxes[4 * frame + 3] ?? 0),
  ).toSorted((a, b) => a - b);
  const counts = ineligibleReasons.flatMap((reason) => {
    const count = verdicts.filter((verdict) => verdict?.reason === reason).length;
    return count > 0 ? [[reason, count] as const] : [];
  });
  return {
    eligibleFrames: verdicts.filter((verdict) => verdict === undefined).length,
    medianFaceSizePx: sizes[Math.floor(sizes.length / 2)] ?? 0,
    ineligibleFrames: Object.fromEntries(counts),
  };
}
