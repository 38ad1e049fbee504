// Which segments to propose for a version: where a face that can be re-synced meets new speech, or the mouth moved before.
import type { Segment, SegmentProposal } from "../../../shared/project/index.ts";
import {
  containsRange,
  doRangesOverlap,
  endFrameOf,
  hull,
  intersect,
  intersectRanges,
  subtractRanges,
  uniteRanges,
  withHandles,
} from "../../../shared/time/index.ts";
import type { FrameRange } from "../../../shared/time/index.ts";

type CharacterId = Segment["characterId"];

/** One face track, in frames of the reel. */
export type VisibleFace = {
  /** Null while nobody has said who it is. */
  readonly characterId: CharacterId;
  readonly medianFaceSizePx: number;
  /** Frames in which it can be re-synced. */
  readonly eligible: readonly FrameRange[];
  /** Frames in which the mouth of the source moves. */
  readonly moving: readonly FrameRange[];
};

/** Where one dialogue track of the version speaks. */
export type SpokenTrack = {
  /** Null: a mix, in which anyone may speak. */
  readonly characterId: CharacterId;
  readonly speech: readonly FrameRange[];
};

export type ProposalRules = {
  /** What calls for a new mouth: new words, a mouth that moves without any, or either. */
  readonly basis: "speech" | "motion" | "both";
  /** Pauses up to this long stay inside one segment. */
  readonly mergeGapFrames: number;
  /** Added before and after, as far as the face can be seen: mouths open before they sound. */
  readonly paddingFrames: number;
  readonly leastFrames: number;
};

export type Scene = {
  readonly faces: readonly VisibleFace[];
  readonly tracks: readonly SpokenTrack[];
  /** Cover the reel; no segment reaches across one's end. */
  readonly shots: readonly FrameRange[];
};

/** Someone whose lips may be re-synced: a character, or a face that nobody has named. */
type Performer = {
  readonly characterId: CharacterId;
  readonly visible: readonly FrameRange[];
  readonly moving: readonly FrameRange[];
};

/** In order of time; those of one character apart from each other. */
export function proposeSegments(scene: Scene, rules: ProposalRules): readonly SegmentProposal[] {
  const performers = performersOf(scene.faces);
  return scene.shots
    .flatMap((shot) => {
      const spoken = spokenIn(shot, performers, scene.tracks);
      return performers.flatMap((performer) =>
        proposeInShot({ shot, performer, spoken: spoken.get(performer) ?? [] }, rules),
      );
    })
    .toSorted((a, b) => a.startFrame - b.startFrame);
}

/** Faces without a name are one performer, in which the largest in the picture goes first: segments of it cannot overlap. */
function performersOf(faces: readonly VisibleFace[]): readonly Performer[] {
  const ids = [...new Set(faces.map(({ characterId }) => characterId))];
  return ids.map((characterId): Performer => {
    const own = faces
      .filter((face) => face.characterId === characterId)
      .toSorted((a, b) => b.medianFaceSizePx - a.medianFaceSizePx);
    let visible: readonly FrameRange[] = [];
    let moving: readonly FrameRange[] = [];
    for (const face of own) {
      const fresh = subtractRanges(face.eligible, visible);
      moving = uniteRanges([...moving, ...intersectRanges(face.moving, fresh)]);
      visible = uniteRanges([...visible, ...fresh]);
    }
    return { characterId, visible, moving };
  });
}

/**
 * Who speaks in a shot, and when. A character with a track of its own speaks there and nowhere else. Of those whose words are in
 * a mix, it is the ones whose mouth moved in the source meanwhile; where none did, any that can be seen.
 */
function spokenIn(
  shot: FrameRange,
  performers: readonly Performer[],
  tracks: readonly SpokenTrack[],
): ReadonlyMap<Performer, readonly FrameRange[]> {
  const owners = new Set(tracks.flatMap(({ characterId }) => (characterId === null ? [] : [characterId])));
  const spoken = new Map<Performer, readonly FrameRange[]>();
  for (const performer of performers) {
    const { characterId } = performer;
    const own = tracks.filter((track) => characterId !== null && track.characterId === characterId);
    spoken.set(performer, intersectRanges(uniteRanges(own.flatMap(({ speech }) => speech)), [shot]));
  }
  const mixed = uniteRanges(tracks.flatMap(({ characterId, speech }) => (characterId === null ? speech : [])));
  for (const run of intersectRanges(mixed, [shot])) {
    const seen = performers.filter(
      ({ characterId, visible }) =>
        (characterId === null || !owners.has(characterId)) && visible.some((range) => doRangesOverlap(range, run)),
    );
    const moved = seen.filter(({ moving }) => moving.some((range) => doRangesOverlap(range, run)));
    for (const performer of moved.length > 0 ? moved : seen)
      spoken.set(performer, [...(spoken.get(performer) ?? []), run]);
  }
  return spoken;
}

type InShot = {
  readonly shot: FrameRange;
  readonly performer: Performer;
  readonly spoken: readonly FrameRange[];
};

function proposeInShot({ shot, performer, spoken }: InShot, rules: ProposalRules): readonly SegmentProposal[] {
  const visible = intersectRanges(performer.visible, [shot]);
  const called = uniteRanges([
    ...(rules.basis === "motion" ? [] : spoken),
    ...(rules.basis === "speech" ? [] : performer.moving),
  ]);
  const wanted = joinAcross(intersectRanges(called, visible), rules.mergeGapFrames);
  const padded = wanted.map((range) => pad(range, visible, rules.paddingFrames));
  return joinAcross(uniteRanges(padded), 0)
    .filter(({ durationFrames }) => durationFrames >= rules.leastFrames)
    .map((range) => ({ characterId: performer.characterId, ...range }));
}

/** `gapFrames` or fewer between two are no reason to part them. */
function joinAcross(ranges: readonly FrameRange[], gapFrames: number): readonly FrameRange[] {
  const joined: FrameRange[] = [];
  for (const range of ranges) {
    const last = joined.at(-1);
    if (last && range.startFrame - endFrameOf(last) <= gapFrames) joined[joined.length - 1] = hull(last, range);
    else joined.push(range);
  }
  return joined;
}

/** Longer on either side, as far as the face can be seen without a break. */
function pad(range: FrameRange, visible: readonly FrameRange[], paddingFrames: number): FrameRange {
  const around = visible.filter((each) => doRangesOverlap(each, range)).reduce(hull, range);
  const padded = withHandles(range, paddingFrames, around);
  return containsRange(around, padded) ? padded : (intersect(around, padded) ?? range);
}
