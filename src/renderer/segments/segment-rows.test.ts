// Which segments the list shows, and in which order.
import { expect, test } from "vitest";
import type { Character, RecordId, Reel, Segment, Take } from "../../shared/project/index.ts";
import { anyone, everySegment, nobody, queryRows, segmentRows } from "./segment-rows.ts";
import type { SegmentQuery } from "./segment-rows.ts";

const reel = (order: number): Reel => ({
  type: "reel",
  id: `reel:${order}` as RecordId<"reel">,
  name: `R${order + 1}`,
  order,
  mediaId: "media:a" as RecordId<"media">,
  frameRate: { num: 25, den: 1 },
  durationFrames: 10_000,
  startTimecodeFrames: 90_000,
  isDropFrame: false,
});

const anna: Character = {
  type: "character",
  id: "character:anna" as RecordId<"character">,
  name: "Anna",
  order: 0,
  hueDegrees: 0,
  consent: null,
};

const segment = (name: string, change: Partial<Segment>): Segment => ({
  type: "segment",
  id: `segment:${name}` as RecordId<"segment">,
  reelId: reel(0).id,
  versionId: "version:de" as RecordId<"version">,
  characterId: null,
  startFrame: 0,
  durationFrames: 25,
  state: "proposed",
  selectedTakeId: null,
  note: "",
  ...change,
});

const take = (name: string, syncConfidence: number | null): Take => ({
  type: "take",
  id: `take:${name}` as RecordId<"take">,
  segmentId: `segment:${name}` as RecordId<"segment">,
  takeNumber: 1,
  settings: {
    modelHash: "0".repeat(64),
    adapterId: null,
    inferenceSteps: 20,
    guidanceScale: 1.5,
    sampler: "ddim",
    seed: 1,
    overlapFrames: 4,
    more: {},
  },
  contentSha256: "1".repeat(64),
  startFrame: 0,
  durationFrames: 25,
  syncConfidence,
  avOffsetFrames: null,
  score: null,
  createdAt: "2026-11-20T10:00:00.000Z",
  stars: 0,
  isRejected: false,
  note: "",
});

const rows = segmentRows({
  segments: [
    segment("good", { startFrame: 100, selectedTakeId: take("good", 7).id, state: "approved", characterId: anna.id }),
    segment("bad", { startFrame: 200, durationFrames: 75, selectedTakeId: take("bad", 2).id, state: "to-do" }),
    segment("unmeasured", { startFrame: 300, selectedTakeId: take("unmeasured", null).id, note: "Whispered" }),
    segment("bare", { startFrame: 400 }),
    segment("first", { startFrame: 9000, reelId: reel(1).id, state: "ignored" }),
    segment("lost", { reelId: "reel:gone" as RecordId<"reel"> }),
  ],
  takes: [take("good", 7), take("bad", 2), take("unmeasured", null)],
  reels: [reel(1), reel(0)],
  characters: [anna],
});

const found = (query: Partial<SegmentQuery>) =>
  queryRows(rows, { ...everySegment, ...query }).map(({ id }) => id.replace("segment:", ""));

test("by time, reels come in their order; a segment whose reel is gone is not shown", () => {
  expect(found({})).toEqual(["good", "bad", "unmeasured", "bare", "first"]);
});

test("the worst come first: nothing chosen, then the lowest score, and last what nobody could measure", () => {
  expect(found({ order: "worst" })).toEqual(["bare", "first", "bad", "good", "unmeasured"]);
});

test("filters leave what is asked for", () => {
  expect(found({ shown: "without-take" })).toEqual(["bare", "first"]);
  expect(found({ shown: "approved" })).toEqual(["good"]);
  expect(found({ characterId: anna.id })).toEqual(["good"]);
  expect(found({ characterId: nobody }).length).toBe(4);
  expect(found({ characterId: anyone, reelId: reel(1).id })).toEqual(["first"]);
});

test("the search finds timecodes, characters and notes in any case", () => {
  expect(found({ text: "01:00:08:00" })).toEqual(["bad"]);
  expect(found({ text: "anna" })).toEqual(["good"]);
  expect(found({ text: "WHISPER" })).toEqual(["unmeasured"]);
});

test("the longest come first, and equals stay in order of time", () => {
  expect(found({ order: "longest" })).toEqual(["bad", "good", "unmeasured", "bare", "first"]);
});
