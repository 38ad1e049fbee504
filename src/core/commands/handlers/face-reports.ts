// Handlers that read face tracks: lists, geometry, what can be re-synced and why not; and the limits that decide it.
import type { AnswerOf, Handlers, InputOf } from "../../../shared/contract/index.ts";
import { mustGet, setEligibilityLimits, timecodeBaseOf } from "../../../shared/project/index.ts";
import type { EligibilityLimits, FaceTrack } from "../../../shared/project/index.ts";
import {
  doRangesOverlap,
  endFrameOf,
  formatTimecode,
  framesPerSecondOf,
  intersect,
  parseRange,
} from "../../../shared/time/index.ts";
import { alignmentPath, correctedBoxes, ineligibleReasons, usualEligibilityLimits } from "../../faces/index.ts";
import type { OpenProject } from "../../store/index.ts";
import { eligibleFramesOf, limitsOf, trackFilesOf } from "../track-files.ts";
import { suggestFor } from "../suggest-characters.ts";
import type { HandlerTools } from "./handler-tools.ts";
import { reelNamed } from "./reel-named.ts";

type Names =
  | "faces.list"
  | "faces.verdicts"
  | "faces.geometry"
  | "faces.suggest"
  | "faces.eligibility"
  | "faces.limits";

const mostGeometryFrames = 2000;

export function faceReportHandlers({ current, edit }: HandlerTools): Pick<Handlers, Names> {
  return {
    "faces.list": async ({ reelId, characterId, range }) => {
      const { view } = current.get().project;
      const reel = reelNamed(view, reelId);
      const base = timecodeBaseOf(reel);
      const window = range === undefined ? undefined : parseRange(range, base);
      const filter = { reelId: reel.id, ...(characterId === undefined ? {} : { characterId }) };
      const tracks = view
        .list("face-track", filter)
        .filter((track) => window === undefined || doRangesOverlap(track, window))
        .map((track) => ({
          trackId: track.id,
          characterId: track.characterId,
          startFrame: track.startFrame,
          durationFrames: track.durationFrames,
          inTimecode: formatTimecode(track.startFrame, base),
          outTimecode: formatTimecode(endFrameOf(track), base),
          decidedBy: track.decidedBy,
          eligibleFrames: track.eligibleFrames,
          medianFaceSizePx: track.medianFaceSizePx,
        }));
      return { reelId: reel.id, tracks };
    },
    "faces.verdicts": async ({ trackIds }) => {
      const { project } = current.get();
      const limits = limitsOf(project);
      const tracks: AnswerOf<"faces.verdicts">["tracks"] = [];
      for (const trackId of new Set(trackIds)) {
        // One that was removed since the page drew it is no failure.
        const track = project.view.get("face-track", trackId);
        if (!track) continue;
        const runs = await trackFilesOf(project).verdicts(track, limits);
        tracks.push({
          trackId,
          runs: runs.map(({ startFrame, durationFrames, reason, measured, limit }) => ({
            startFrame: track.startFrame + startFrame,
            durationFrames,
            reason: reason ?? null,
            measured: measured ?? null,
            limit: limit ?? null,
          })),
        });
      }
      return { tracks };
    },
    "faces.geometry": async ({ trackId, range }) => describeGeometry(current.get().project, { trackId, range }),
    "faces.suggest": async () => suggestFor(current.get().project),
    "faces.eligibility": async ({ reelId, ...asked }) => {
      const { project } = current.get();
      const reel = reelNamed(project.view, reelId);
      const limits = withAsked(limitsOf(project), asked);
      const tracks = project.view.list("face-track", { reelId: reel.id });
      return { reelId: reel.id, ...(await countVerdicts(project, tracks, limits)), limits, isTrial: isAnyAsked(asked) };
    },
    "faces.limits": async ({ usual, ...asked }) => {
      const { project } = current.get();
      const limits = withAsked(usual ? usualEligibilityLimits : limitsOf(project), asked);
      const eligibleFrames = new Map<string, number>();
      for (const track of project.view.list("face-track"))
        eligibleFrames.set(track.id, eligibleFramesOf(await trackFilesOf(project).verdicts(track, limits)));
      const kept = usual && !isAnyAsked(asked) ? null : limits;
      const { revision } = edit("faces.limits", (view) => setEligibilityLimits(view, { limits: kept, eligibleFrames }));
      const total = [...eligibleFrames.values()].reduce((sum, count) => sum + count, 0);
      return { revision, limits, eligibleFrames: total };
    },
  };
}

type AskedLimits = Omit<InputOf<"faces.eligibility">, "reelId">;

const isAnyAsked = (asked: AskedLimits): boolean => Object.values(asked).some((value) => value !== undefined);

const radiansOf = (degrees: number | undefined): number | undefined =>
  degrees === undefined ? undefined : (degrees / 180) * Math.PI;

/** The limits, with those that were said in their place. */
function withAsked(limits: EligibilityLimits, asked: AskedLimits): EligibilityLimits {
  return {
    leastFaceHeightPx: asked.leastFaceHeightPx ?? limits.leastFaceHeightPx,
    leastInFrameRatio: asked.leastInFrameRatio ?? limits.leastInFrameRatio,
    mostYawRadians: radiansOf(asked.mostYawDegrees) ?? limits.mostYawRadians,
    mostPitchRadians: radiansOf(asked.mostPitchDegrees) ?? limits.mostPitchRadians,
    leastSharpnessRatio: asked.leastSharpnessRatio ?? limits.leastSharpnessRatio,
    mostHiddenRatio: asked.mostHiddenRatio ?? limits.mostHiddenRatio,
    leastRunFrames: asked.leastRunFrames ?? limits.leastRunFrames,
  };
}

async function countVerdicts(project: OpenProject, tracks: readonly FaceTrack[], limits: EligibilityLimits) {
  const byReason = new Map(ineligibleReasons.map((reason) => [reason, { frames: 0, tracks: new Set<string>() }]));
  let eligibleFrames = 0;
  for (const track of tracks) {
    const runs = await trackFilesOf(project).verdicts(track, limits);
    eligibleFrames += eligibleFramesOf(runs);
    for (const { reason, durationFrames } of runs) {
      const counted = reason && byReason.get(reason);
      if (!counted) continue;
      counted.frames += durationFrames;
      counted.tracks.add(track.id);
    }
  }
  const sum = (pick: (track: FaceTrack) => number): number => tracks.reduce((total, track) => total + pick(track), 0);
  return {
    tracks: tracks.length,
    faceFrames: sum(({ durationFrames }) => durationFrames),
    eligibleFrames,
    eligibleFramesNow: sum((track) => track.eligibleFrames),
    reasons: [...byReason]
      .filter(([, { frames }]) => frames > 0)
      .map(([reason, { frames, tracks: ids }]) => ({ reason, frames, tracks: ids.size })),
  };
}

async function describeGeometry(
  project: OpenProject,
  { trackId, range }: InputOf<"faces.geometry">,
): Promise<AnswerOf<"faces.geometry">> {
  const track = mustGet(project.view, "face-track", trackId);
  const reel = mustGet(project.view, "reel", track.reelId);
  const asked = range === undefined ? track : (intersect(parseRange(range, timecodeBaseOf(reel)), track) ?? track);
  const geometry = await trackFilesOf(project).read(track);
  const from = asked.startFrame - track.startFrame;
  const to = from + Math.min(asked.durationFrames, mostGeometryFrames);
  const rows = (values: Float64Array, width: number): number[][] =>
    Array.from({ length: to - from }, (_, frame) => [
      ...values.subarray((from + frame) * width, (from + frame + 1) * width),
    ]);
  const { boxKeys, anchorKeys } = geometry.corrections;
  const keyFrames = new Set([...boxKeys, ...anchorKeys].map(({ frameInTrack }) => track.startFrame + frameInTrack));
  return {
    trackId,
    startFrame: asked.startFrame,
    ...geometry.frameSize,
    rotationDegrees: geometry.rotationDegrees,
    boxes: rows(correctedBoxes(geometry), 4),
    anchors: rows(alignmentPath(geometry, framesPerSecondOf(reel.frameRate)), 6),
    keyFrames: [...keyFrames].toSorted((a, b) => a - b),
  };
}
