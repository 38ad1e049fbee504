// Edits of segments: what is re-synced, where, for whom. Pure functions; takes follow their segment wherever it goes.
import { assert, refused } from "../failure/index.ts";
import { containsRange, doRangesOverlap, endFrameOf, rangeBetween, subtractRanges } from "../time/index.ts";
import type { Frame, FrameRange } from "../time/index.ts";
import { composeDiffs, diffAdding, diffChanging, diffRemoving, emptyDiff } from "./diff.ts";
import type { Diff } from "./diff.ts";
import type { RecordId } from "./ids.ts";
import type { Reel, Segment, Take } from "./records.ts";
import { mustGet } from "./view.ts";
import type { ProjectView } from "./view.ts";

type SegmentId = RecordId<"segment">;

/** Adds one by hand. It lies inside its reel and meets no other of the same face. */
export function addSegment(view: ProjectView, segment: Segment): Diff {
  const reel = mustGet(view, "reel", segment.reelId);
  mustGet(view, "version", segment.versionId);
  if (segment.characterId !== null) mustGet(view, "character", segment.characterId);
  requireInside(reel, segment);
  refuseOverlap(view, segment, []);
  return diffAdding(segment);
}

/** Removes segments with their takes. */
export function removeSegments(view: ProjectView, segmentIds: readonly SegmentId[]): Diff {
  const segments = segmentsOf(view, segmentIds);
  return diffRemoving(...segments, ...segments.flatMap(({ id }) => takesOf(view, id)));
}

/** Another range for a segment. Its takes stay: what they do not cover shows the source until there is a new one. */
export function trimSegment(view: ProjectView, segmentId: SegmentId, range: FrameRange): Diff {
  const segment = mustGet(view, "segment", segmentId);
  const trimmed = { ...segment, startFrame: range.startFrame, durationFrames: range.durationFrames };
  requireInside(mustGet(view, "reel", segment.reelId), trimmed);
  refuseOverlap(view, trimmed, [segmentId]);
  return diffChanging<Segment>(segment, trimmed);
}

type Split = {
  /** First frame of the second part. */
  readonly splitFrame: Frame;
  readonly secondId: SegmentId;
  /** A fresh id for each take that goes with the second part, too. */
  readonly createTakeId: () => RecordId<"take">;
};

/** Cuts a segment in two. Both parts keep its takes, which cover both, so that nothing that was made is lost to either. */
export function splitSegment(view: ProjectView, segmentId: SegmentId, split: Split): Diff {
  const segment = mustGet(view, "segment", segmentId);
  const { splitFrame, secondId, createTakeId } = split;
  const endFrame = endFrameOf(segment);
  if (splitFrame <= segment.startFrame || splitFrame >= endFrame)
    throw refused("segment.split-outside", {
      message: `Expected a frame after ${segment.startFrame} and before ${endFrame} to split at, found ${splitFrame}.`,
      hint: "Put the playhead inside the segment.",
      details: { segmentId, splitFrame, startFrame: segment.startFrame, endFrame },
    });
  const copies = new Map(
    takesOf(view, segmentId).map((take) => [take.id, { ...take, id: createTakeId(), segmentId: secondId }]),
  );
  const selected = segment.selectedTakeId === null ? undefined : copies.get(segment.selectedTakeId);
  const second: Segment = {
    ...segment,
    ...rangeBetween(splitFrame, endFrame),
    id: secondId,
    selectedTakeId: selected?.id ?? null,
  };
  return composeDiffs(
    diffChanging<Segment>(segment, { ...segment, ...rangeBetween(segment.startFrame, splitFrame) }),
    diffAdding(second, ...copies.values()),
  );
}

/**
 * Makes one segment of several of the same face, with what lies between them. The first one stays, with the takes of all,
 * numbered anew; its selected take stays selected when it covers the whole, else that of another which does.
 */
export function mergeSegments(view: ProjectView, segmentIds: readonly SegmentId[]): Diff {
  const parts = segmentsOf(view, segmentIds).toSorted((a, b) => a.startFrame - b.startFrame);
  const [first, ...others] = parts;
  if (!first || others.length === 0)
    throw refused("segment.merge-one", { message: "Expected two or more segments to merge, found one." });
  for (const other of others) requireSamePlace(first, other);
  const merged = { ...first, ...rangeBetween(first.startFrame, Math.max(...parts.map(endFrameOf))) };
  refuseOverlap(
    view,
    merged,
    parts.map(({ id }) => id),
  );
  const kept = takesOf(view, first.id);
  const known = new Set(kept.map(contentOf));
  let takeNumber = Math.max(0, ...kept.map((take) => take.takeNumber));
  const takeChanges = others
    .flatMap(({ id }) => takesOf(view, id))
    .map((take): Diff => {
      if (known.has(contentOf(take))) return diffRemoving(take);
      known.add(contentOf(take));
      takeNumber += 1;
      return diffChanging<Take>(take, { ...take, segmentId: first.id, takeNumber });
    });
  const moved = takeChanges.flatMap(({ changed }) => changed.map(([, to]) => to as Take));
  const choices = parts.flatMap(({ selectedTakeId }) => [...kept, ...moved].filter(({ id }) => id === selectedTakeId));
  const selectedTakeId = choices.find((take) => containsRange(take, merged))?.id ?? null;
  const state = parts.every((part) => part.state === first.state) ? first.state : "to-do";
  const note = [...new Set(parts.map((part) => part.note))].filter((text) => text !== "").join("\n");
  return [diffRemoving(...others), ...takeChanges].reduce(
    composeDiffs,
    diffChanging<Segment>(first, { ...merged, selectedTakeId, note, state: approvable(state, selectedTakeId) }),
  );
}

/** Two halves of a split segment hold the same takes under other ids. */
const contentOf = ({ contentSha256, startFrame }: Take): string => `${contentSha256} ${startFrame}`;

const approvable = (state: Segment["state"], selectedTakeId: Segment["selectedTakeId"]): Segment["state"] =>
  state === "approved" && selectedTakeId === null ? "to-do" : state;

function requireSamePlace(first: Segment, other: Segment): void {
  const isSame = (["reelId", "versionId", "characterId"] as const).every((field) => first[field] === other[field]);
  if (isSame) return;
  throw refused("segment.merge-apart", {
    message: "Expected segments of one reel, one version and one character to merge, found different ones.",
    hint: "Assign them to one character first, if it is the same face.",
    details: { segmentIds: [first.id, other.id] },
  });
}

/** Says what is to become of segments. Approved is what has a take to approve. */
export function setSegmentState(view: ProjectView, segmentIds: readonly SegmentId[], state: Segment["state"]): Diff {
  const segments = segmentsOf(view, segmentIds);
  const bare = segments.find(({ selectedTakeId }) => selectedTakeId === null);
  if (state === "approved" && bare)
    throw refused("segment.no-take", {
      message: "Expected a selected take to approve, found a segment without one.",
      hint: "Select a take first. To leave the picture as it is, ignore the segment.",
      details: { segmentId: bare.id },
    });
  return changeAll(segments, () => ({ state }));
}

export function noteSegment(view: ProjectView, segmentId: SegmentId, note: string): Diff {
  const segment = mustGet(view, "segment", segmentId);
  return diffChanging<Segment>(segment, { ...segment, note });
}

/** Says whose lips they are. Takes were made of another face, so none stays selected where that changes. */
export function assignSegments(
  view: ProjectView,
  segmentIds: readonly SegmentId[],
  characterId: Segment["characterId"],
): Diff {
  if (characterId !== null) mustGet(view, "character", characterId);
  const segments = segmentsOf(view, segmentIds).filter((segment) => segment.characterId !== characterId);
  for (const segment of segments) refuseOverlap(view, { ...segment, characterId }, segmentIds);
  return changeAll(segments, ({ state }) => ({ characterId, selectedTakeId: null, state: approvable(state, null) }));
}

/** What an analysis proposes: a face of that character, speaking. */
export type SegmentProposal = FrameRange & { readonly characterId: Segment["characterId"] };

type Proposing = {
  readonly reelId: RecordId<"reel">;
  readonly versionId: RecordId<"version">;
  readonly proposals: readonly SegmentProposal[];
  /** What is left of a proposal beside decided segments is dropped below this. */
  readonly leastFrames: number;
  readonly createSegmentId: () => SegmentId;
};

/**
 * Puts new proposals in place of the old ones. Whatever a person has decided about, or a take was made for, stays and
 * keeps its frames; an old proposal that is proposed again stays the record it was.
 */
export function applyProposals(view: ProjectView, proposing: Proposing): Diff {
  const { reelId, versionId, leastFrames, createSegmentId } = proposing;
  const reel = mustGet(view, "reel", reelId);
  mustGet(view, "version", versionId);
  const present = view.list("segment", { reelId, versionId });
  const isOpen = (segment: Segment) =>
    segment.state === "proposed" && segment.note === "" && takesOf(view, segment.id).length === 0;
  const open = present.filter(isOpen);
  const decided = present.filter((segment) => !isOpen(segment));
  const wanted = proposing.proposals.flatMap(({ characterId, ...range }) => {
    requireInside(reel, range);
    const known = characterId === null || view.get("character", characterId) ? characterId : null;
    const taken = decided.filter((segment) => segment.characterId === known);
    return subtractRanges([range], taken)
      .filter(({ durationFrames }) => durationFrames >= leastFrames)
      .map((free) => ({ characterId: known, ...free }));
  });
  const same = (segment: Segment, other: SegmentProposal) =>
    segment.characterId === other.characterId &&
    segment.startFrame === other.startFrame &&
    segment.durationFrames === other.durationFrames;
  const gone = open.filter((segment) => !wanted.some((each) => same(segment, each)));
  const fresh = wanted.filter((each) => !open.some((segment) => same(segment, each)));
  const added = fresh.map((each): Segment => ({
    type: "segment",
    id: createSegmentId(),
    reelId,
    versionId,
    characterId: each.characterId,
    startFrame: each.startFrame,
    durationFrames: each.durationFrames,
    state: "proposed",
    selectedTakeId: null,
    note: "",
  }));
  return composeDiffs(diffRemoving(...gone), diffAdding(...added));
}

const takesOf = (view: ProjectView, segmentId: SegmentId): readonly Take[] => view.list("take", { segmentId });

function segmentsOf(view: ProjectView, segmentIds: readonly SegmentId[]): readonly Segment[] {
  assert(segmentIds.length > 0, "an edit of segments names one or more");
  return [...new Set(segmentIds)].map((id) => mustGet(view, "segment", id));
}

const changeAll = (
  segments: readonly Segment[],
  change: (segment: Segment) => Partial<Omit<Segment, "id" | "type">>,
): Diff =>
  segments.reduce(
    (diff, segment) => composeDiffs(diff, diffChanging<Segment>(segment, { ...segment, ...change(segment) })),
    emptyDiff,
  );

function requireInside(reel: Reel, range: FrameRange): void {
  const whole = rangeBetween(0, reel.durationFrames);
  if (range.durationFrames > 0 && containsRange(whole, range)) return;
  throw refused("segment.outside-reel", {
    message: `Expected one or more frames within the ${reel.durationFrames} of ${reel.name}, found ${range.startFrame} to ${endFrameOf(range)}.`,
    hint: "Choose a range inside the reel.",
    details: {
      reelId: reel.id,
      reelFrames: reel.durationFrames,
      startFrame: range.startFrame,
      endFrame: endFrameOf(range),
    },
  });
}

/** Two takes cannot paint one mouth at the same time; two mouths may well speak at once. */
function refuseOverlap(view: ProjectView, segment: Segment, butIds: readonly SegmentId[]): void {
  const { reelId, versionId, characterId } = segment;
  const other = view
    .list("segment", { reelId, versionId, characterId })
    .find((each) => each.id !== segment.id && !butIds.includes(each.id) && doRangesOverlap(each, segment));
  if (other)
    throw refused("segment.overlap", {
      message: `There is a segment of the same face from frame ${other.startFrame} to ${endFrameOf(other)}.`,
      hint: "Merge the two, or trim one of them.",
      details: { segmentId: other.id, startFrame: other.startFrame, endFrame: endFrameOf(other) },
    });
}
