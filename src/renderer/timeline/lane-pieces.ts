// What a lane draws of shots and face tracks in a window: rectangles with their look, no more than can be told apart. Pure.
import type { AnswerOf } from "../../shared/contract/index.ts";
import type { FaceTrack, Shot } from "../../shared/project/index.ts";
import { pxOfFrame, visibleFrames } from "../waveform/viewport.ts";
import type { Viewport } from "../waveform/viewport.ts";
import { tracksWithin } from "./face-rows.ts";

export type VerdictRun = AnswerOf<"faces.verdicts">["tracks"][number]["runs"][number];
export type Reason = NonNullable<VerdictRun["reason"]>;

/** "eligible", why not, or how it is as a whole while its frames are not known or too narrow to be told apart. */
export type PieceLook = "eligible" | "partly" | Reason;

export type TrackPiece = {
  readonly track: FaceTrack;
  readonly run: VerdictRun | undefined;
  readonly look: PieceLook;
  readonly leftPx: number;
  readonly widthPx: number;
};

/** Runs narrower than this are told by the track as a whole. */
const narrowestTrackPx = 12;
/** Every track is seen, however short. */
const leastPx = 1;

/** Whether the verdicts of a track's frames can be told apart in this window. */
export const isDetailed = ({ durationFrames }: FaceTrack, view: Viewport): boolean =>
  durationFrames / view.framesPerPx >= narrowestTrackPx;

export type Verdicts = ReadonlyMap<string, readonly VerdictRun[]>;

/** The pieces of a row in the window. Tracks that fall on the same pixel are drawn once. */
export function trackPieces(row: readonly FaceTrack[], view: Viewport, verdicts: Verdicts): readonly TrackPiece[] {
  const endFrame = view.startFrame + visibleFrames(view);
  const pieces: TrackPiece[] = [];
  let drawnToPx = -Infinity;
  for (const track of tracksWithin(row, view.startFrame, endFrame)) {
    const whole = placeOf(track, view);
    if (whole.leftPx + whole.widthPx - drawnToPx < leastPx) continue;
    drawnToPx = whole.leftPx + whole.widthPx;
    const runs = isDetailed(track, view) ? verdicts.get(track.geometrySha256) : undefined;
    if (!runs) pieces.push({ track, run: undefined, look: wholeLook(track), ...whole });
    else
      for (const run of tracksWithin(runs, view.startFrame, endFrame))
        pieces.push({ track, run, look: run.reason ?? "eligible", ...placeOf(run, view) });
  }
  return pieces;
}

/** "partly" stands for frames that nobody has looked at yet, too. */
function wholeLook({ eligibleFrames, durationFrames }: FaceTrack): PieceLook {
  return eligibleFrames === durationFrames ? "eligible" : "partly";
}

type Placed = { readonly startFrame: number; readonly durationFrames: number };

function placeOf({ startFrame, durationFrames }: Placed, view: Viewport) {
  const leftPx = pxOfFrame(startFrame, view);
  const rightPx = pxOfFrame(startFrame + durationFrames, view);
  return { leftPx, widthPx: Math.max(leastPx, rightPx - leftPx) };
}

export type ShotPiece = {
  readonly shot: Shot;
  /** Counted in the reel, from 1. */
  readonly shotNumber: number;
  readonly leftPx: number;
  readonly widthPx: number;
};

/** Shots narrower than this run into one grey stretch. */
const narrowestShotPx = 2;

/** The shots of a window; where they are too narrow to be told apart, only as many as can be. */
export function shotPieces(shots: readonly Shot[], view: Viewport): readonly ShotPiece[] {
  const within = tracksWithin(shots, view.startFrame, view.startFrame + visibleFrames(view));
  const first = within[0] ? shots.indexOf(within[0]) : 0;
  let drawnPx = -Infinity;
  return within.flatMap((shot, index): readonly ShotPiece[] => {
    const place = placeOf(shot, view);
    if (place.leftPx - drawnPx < narrowestShotPx && index > 0) return [];
    drawnPx = place.leftPx;
    return [{ shot, shotNumber: first + index + 1, ...place }];
  });
}

/** The frame's piece in a row, if any. */
export function pieceAt(pieces: readonly TrackPiece[], px: number): TrackPiece | undefined {
  // A hair's breadth of grace, so that the narrowest can be pointed at.
  return pieces.find(({ leftPx, widthPx }) => px >= leftPx - 1 && px < leftPx + widthPx + 1);
}
