// Edits of shots as pure functions. The shots of a reel cover it without gap or overlap, from the first analysis on.
import { assert, refused } from "../failure/index.ts";
import { composeDiffs, diffAdding, diffChanging, diffRemoving, emptyDiff, isSameRecord } from "./diff.ts";
import type { Diff } from "./diff.ts";
import type { RecordId } from "./ids.ts";
import type { FaceTrack, Reel, Shot } from "./records.ts";
import { mustGet } from "./view.ts";
import type { ProjectView } from "./view.ts";

type NewCut = {
  readonly reelId: RecordId<"reel">;
  /** First frame of the shot that begins with the cut. */
  readonly startFrame: number;
  /** Ids for the new shot, and for the first one of a reel that had none. */
  readonly shotIds: readonly [RecordId<"shot">, RecordId<"shot">];
};

/** Cuts the shot that covers `startFrame` in two. A reel without shots is one shot before. */
export function addCut(view: ProjectView, { reelId, startFrame, shotIds }: NewCut): Diff {
  const reel = mustGet(view, "reel", reelId);
  mustBeInside(reel, startFrame);
  const [cut, whole] = shotIds;
  const known = view.list("shot", { reelId });
  const shots = known.length > 0 ? known : [wholeReel(reel, whole)];
  const shot = shots.findLast((each) => each.startFrame <= startFrame);
  assert(shot, "the shots of a reel begin at its first frame");
  if (shot.startFrame === startFrame)
    throw refused("shots.cut-exists", {
      message: `There is a cut at frame ${startFrame} already.`,
      hint: "Choose another frame.",
      details: { startFrame, shotId: shot.id },
    });
  const shorter: Shot = { ...shot, durationFrames: startFrame - shot.startFrame };
  const added: Shot = {
    type: "shot",
    id: cut,
    reelId,
    startFrame,
    durationFrames: shot.startFrame + shot.durationFrames - startFrame,
    opensWith: "cut",
    decidedBy: "editor",
  };
  return known.length > 0
    ? composeDiffs(diffChanging<Shot>(shot, shorter), diffAdding(added))
    : diffAdding(shorter, added);
}

const wholeReel = (reel: Reel, id: RecordId<"shot">): Shot => ({
  type: "shot",
  id,
  reelId: reel.id,
  startFrame: 0,
  durationFrames: reel.durationFrames,
  opensWith: "start",
  decidedBy: "editor",
});

function mustBeInside(reel: Reel, frameIndex: number): void {
  if (frameIndex > 0 && frameIndex < reel.durationFrames) return;
  throw refused("shots.outside", {
    message: `A cut of ${reel.name} lies between frame 1 and frame ${reel.durationFrames - 1}; found ${frameIndex}.`,
    details: { frameIndex, durationFrames: reel.durationFrames },
  });
}

/** A shot that begins with a cut, and the one before it. */
function aroundCut(view: ProjectView, shotId: RecordId<"shot">): readonly [before: Shot, shot: Shot] {
  const shot = mustGet(view, "shot", shotId);
  const before = view.list("shot", { reelId: shot.reelId }).findLast((each) => each.startFrame < shot.startFrame);
  if (before) return [before, shot];
  throw refused("shots.no-cut", {
    message: "The first shot of a reel begins with the reel, not with a cut.",
    details: { shotId },
  });
}

/** Moves the cut that a shot begins with; both shots keep a frame at least. */
export function moveCut(view: ProjectView, shotId: RecordId<"shot">, startFrame: number): Diff {
  const [before, shot] = aroundCut(view, shotId);
  const endFrame = shot.startFrame + shot.durationFrames;
  if (startFrame <= before.startFrame || startFrame >= endFrame)
    throw refused("shots.outside", {
      message: `The cut lies between frame ${before.startFrame + 1} and frame ${endFrame - 1}; found ${startFrame}.`,
      hint: "Remove the cut beside it first, to move it farther.",
      details: { startFrame, shotId },
    });
  return composeDiffs(
    diffChanging<Shot>(before, { ...before, durationFrames: startFrame - before.startFrame }),
    diffChanging<Shot>(shot, { ...shot, startFrame, durationFrames: endFrame - startFrame, decidedBy: "editor" }),
  );
}

/** Joins a shot to the one before it. Its face tracks stay as they are. */
export function removeCut(view: ProjectView, shotId: RecordId<"shot">): Diff {
  const [before, shot] = aroundCut(view, shotId);
  const durationFrames = before.durationFrames + shot.durationFrames;
  // The join is a decision, which a new analysis must find on a shot that stays.
  const joined: Shot = { ...before, durationFrames, decidedBy: "editor" };
  return composeDiffs(diffChanging<Shot>(before, joined), diffRemoving(shot));
}

/** Puts other shots in the place of those of a reel, as an edit list or a detector gives them. */
export function replaceShots(view: ProjectView, reelId: RecordId<"reel">, shots: readonly Shot[]): Diff {
  const reel = mustGet(view, "reel", reelId);
  assert(shotsWithoutGap(shots, reel.durationFrames), "shots cover their reel without gap or overlap");
  return composeDiffs(diffRemoving(...view.list("shot", { reelId })), diffAdding(...shots));
}

/** Whether shots in order cover exactly the frames from 0 to before `durationFrames`. */
export function shotsWithoutGap(
  shots: readonly Pick<Shot, "startFrame" | "durationFrames">[],
  durationFrames: number,
): boolean {
  let nextFrame = 0;
  for (const shot of shots) {
    if (shot.startFrame !== nextFrame) return false;
    nextFrame += shot.durationFrames;
  }
  return nextFrame === durationFrames;
}

type Analysis = {
  readonly reelId: RecordId<"reel">;
  readonly shots: readonly Shot[];
  /** Undefined when only shots were looked for: the tracks stay. */
  readonly tracks: readonly FaceTrack[] | undefined;
};

/**
 * Brings the result of an analysis in, in the place of an earlier one. A track that came out as it was stays the same record,
 * and keeps its character; shots likewise.
 */
export function replaceAnalysis(view: ProjectView, { reelId, shots, tracks }: Analysis): Diff {
  const knownShots = view.list("shot", { reelId });
  const keptShots = new Map(knownShots.map((shot) => [`${shot.startFrame}+${shot.durationFrames}`, shot]));
  const shotDiff = replaceBy(
    knownShots,
    shots.map((shot) => keptShots.get(`${shot.startFrame}+${shot.durationFrames}`) ?? shot),
  );
  if (!tracks) return shotDiff;
  const knownTracks = view.list("face-track", { reelId });
  const keyOf = ({ startFrame, geometrySha256 }: FaceTrack): string => `${startFrame} ${geometrySha256}`;
  const keptTracks = new Map(knownTracks.map((track) => [keyOf(track), track]));
  const trackDiff = replaceBy(
    knownTracks,
    tracks.map((track) => keptTracks.get(keyOf(track)) ?? track),
  );
  return composeDiffs(shotDiff, trackDiff);
}

function replaceBy<Kind extends Shot | FaceTrack>(present: readonly Kind[], wanted: readonly Kind[]): Diff {
  const wantedIds = new Set<string>(wanted.map(({ id }) => id));
  const presentIds = new Set<string>(present.map(({ id }) => id));
  const removed = present.filter(({ id }) => !wantedIds.has(id));
  const added = wanted.filter(({ id }) => !presentIds.has(id));
  if (removed.length === 0 && added.length === 0) return emptyDiff;
  assert(
    wanted.every((record) => !presentIds.has(record.id) || present.some((known) => isSameRecord(known, record))),
    "a record that stays is not changed",
  );
  return { added, changed: [], removed };
}
