// Rules of segments: where they may lie, and how takes follow them through splits and merges.
import { describe, expect, test } from "vitest";
import {
  addSegment,
  applyDiff,
  applyProposals,
  assignSegments,
  mergeSegments,
  removeSegments,
  reverseDiff,
  setSegmentState,
  splitSegment,
  trimSegment,
} from "./index.ts";
import type { AnyRecord, Diff, RecordId, Segment, Take } from "./index.ts";
import {
  sampleCharacter,
  sampleMedia,
  sampleReel,
  sampleSegment,
  sampleTake,
  sampleVersion,
} from "../../../test/support/sample-records.ts";
import { viewOf } from "../../../test/support/view-of.ts";

const base: readonly AnyRecord[] = [
  sampleMedia(),
  sampleReel(),
  sampleVersion(),
  sampleCharacter(),
  sampleCharacter("ben"),
];
const having = (...records: readonly AnyRecord[]) => viewOf([...base, ...records]);
const mapOf = (...records: readonly AnyRecord[]) =>
  new Map([...base, ...records].map((record): [string, AnyRecord] => [record.id, record]));
const code = (name: string) => expect.objectContaining({ code: name });
const idOf = (name: string) => `segment:${name}` as RecordId<"segment">;

let drawn = 0;
const createTakeId = () => `take:new${(drawn += 1)}` as RecordId<"take">;
const createSegmentId = () => `segment:new${(drawn += 1)}` as RecordId<"segment">;

describe("a segment", () => {
  test("beyond its reel is refused", () => {
    const reelFrames = sampleReel().durationFrames;
    const late = { ...sampleSegment(), startFrame: reelFrames - 10, durationFrames: 11 };
    expect(() => addSegment(having(), late)).toThrow(code("segment.outside-reel"));
    const view = having(sampleSegment());
    expect(() => trimSegment(view, sampleSegment().id, { startFrame: 0, durationFrames: reelFrames + 1 })).toThrow(
      code("segment.outside-reel"),
    );
  });

  test("meets no other of the same face, while another face may speak at once", () => {
    const view = having(sampleSegment("a", 100));
    expect(() => addSegment(view, sampleSegment("b", 147))).toThrow(code("segment.overlap"));
    expect(addSegment(view, sampleSegment("b", 148)).added).toHaveLength(1);
    const ben = { ...sampleSegment("b", 147), characterId: sampleCharacter("ben").id };
    expect(addSegment(view, ben).added).toHaveLength(1);
    const both = having(sampleSegment("a", 100), ben);
    expect(() => assignSegments(both, [ben.id], sampleCharacter().id)).toThrow(code("segment.overlap"));
  });

  test("is approved only with a take to approve", () => {
    const view = having(sampleSegment());
    expect(() => setSegmentState(view, [sampleSegment().id], "approved")).toThrow(code("segment.no-take"));
    const chosen = { ...sampleSegment(), selectedTakeId: sampleTake().id };
    const [change] = setSegmentState(having(chosen, sampleTake()), [chosen.id], "approved").changed;
    expect(change?.[1]).toMatchObject({ state: "approved" });
  });

  test("that is removed takes its takes with it, and undo brings both back", () => {
    const before = mapOf(sampleSegment(), sampleTake());
    const diff = removeSegments(viewOf(before.values()), [sampleSegment().id]);
    const after = applyDiff(before, diff);
    expect(after.has("take:a")).toBe(false);
    expect(applyDiff(after, reverseDiff(diff))).toEqual(before);
  });

  test("of another character shows no take of the one before", () => {
    const chosen: Segment = { ...sampleSegment(), selectedTakeId: sampleTake().id, state: "approved" };
    const diff = assignSegments(having(chosen, sampleTake()), [chosen.id], sampleCharacter("ben").id);
    expect(diff.changed[0]?.[1]).toMatchObject({ selectedTakeId: null, state: "to-do" });
  });
});

describe("splitting", () => {
  const chosen: Segment = { ...sampleSegment("a", 0), selectedTakeId: sampleTake().id, state: "approved" };
  const split = (splitFrame: number): Diff =>
    splitSegment(having(chosen, sampleTake()), chosen.id, { splitFrame, secondId: idOf("b"), createTakeId });

  test("gives both parts the takes, so that the picture stays what it was", () => {
    const after = applyDiff(mapOf(chosen, sampleTake()), split(20));
    const second = after.get(idOf("b")) as Segment;
    expect(after.get(chosen.id)).toMatchObject({ startFrame: 0, durationFrames: 20, selectedTakeId: sampleTake().id });
    expect(second).toMatchObject({ startFrame: 20, durationFrames: 28, state: "approved" });
    expect(after.get(String(second.selectedTakeId))).toMatchObject({
      segmentId: second.id,
      contentSha256: sampleTake().contentSha256,
      takeNumber: 1,
    });
  });

  test("and merging again gives back what was there", () => {
    const apart = applyDiff(mapOf(chosen, sampleTake()), split(20));
    const merged = applyDiff(apart, mergeSegments(viewOf(apart.values()), [chosen.id, idOf("b")]));
    expect(merged).toEqual(mapOf(chosen, sampleTake()));
  });

  test("outside the segment is refused", () => {
    for (const frame of [0, 48, 90]) expect(() => split(frame)).toThrow(code("segment.split-outside"));
  });
});

describe("merging", () => {
  test("keeps the first with all takes, numbered anew, and shows none that covers only a part", () => {
    const first: Segment = { ...sampleSegment("a", 0), selectedTakeId: sampleTake("a").id, note: "soft" };
    const second: Segment = { ...sampleSegment("b", 60), note: "loud", state: "approved" };
    const other: Take = { ...sampleTake("b"), segmentId: second.id, contentSha256: "d".repeat(64), startFrame: 60 };
    const before = mapOf(first, second, sampleTake("a"), other);
    const after = applyDiff(before, mergeSegments(viewOf(before.values()), [second.id, first.id]));
    expect(after.has(second.id)).toBe(false);
    expect(after.get(first.id)).toMatchObject({
      startFrame: 0,
      durationFrames: 108,
      selectedTakeId: null,
      note: "soft\nloud",
      state: "to-do",
    });
    expect(after.get(other.id)).toMatchObject({ segmentId: first.id, takeNumber: 2 });
  });

  test("refuses segments of different faces, and one alone", () => {
    const ben = { ...sampleSegment("b", 60), characterId: sampleCharacter("ben").id };
    const view = having(sampleSegment("a", 0), ben);
    expect(() => mergeSegments(view, [idOf("a"), idOf("b")])).toThrow(code("segment.merge-apart"));
    expect(() => mergeSegments(view, [idOf("a")])).toThrow(code("segment.merge-one"));
  });
});

describe("proposals", () => {
  const place = { reelId: sampleReel().id, versionId: sampleVersion().id, leastFrames: 5, createSegmentId };
  const anna = sampleCharacter().id;
  const propose = (present: readonly Segment[], ...proposals: readonly [from: number, frames: number][]) =>
    applyProposals(having(...present), {
      ...place,
      proposals: proposals.map(([startFrame, durationFrames]) => ({ characterId: anna, startFrame, durationFrames })),
    });

  test("take the place of old ones; what is proposed again stays the record it was", () => {
    const kept: Segment = { ...sampleSegment("kept", 0), state: "proposed" };
    const gone: Segment = { ...sampleSegment("gone", 500), state: "proposed" };
    const diff = propose([kept, gone], [0, 48], [100, 24]);
    expect(diff.removed).toEqual([gone]);
    expect(diff.added).toMatchObject([{ startFrame: 100, durationFrames: 24, state: "proposed", characterId: anna }]);
    expect(diff.changed).toEqual([]);
  });

  test("leave alone what a person decided about, and the frames it holds", () => {
    const decided: Segment = { ...sampleSegment("a", 100), durationFrames: 20, state: "ignored" };
    const noted: Segment = { ...sampleSegment("b", 300), state: "proposed", note: "watch the lips" };
    const diff = propose([decided, noted], [90, 33], [300, 10]);
    expect(diff.removed).toEqual([]);
    // Three frames are left behind the decided one: too few.
    expect(diff.added).toMatchObject([{ startFrame: 90, durationFrames: 10 }]);
  });

  test("made twice change nothing the second time", () => {
    const once = applyDiff(mapOf(), propose([], [10, 20], [40, 20]));
    const proposals = [
      { characterId: anna, startFrame: 10, durationFrames: 20 },
      { characterId: anna, startFrame: 40, durationFrames: 20 },
    ];
    const again = applyProposals(viewOf(once.values()), { ...place, proposals });
    expect(again).toEqual({ added: [], changed: [], removed: [] });
  });
});
