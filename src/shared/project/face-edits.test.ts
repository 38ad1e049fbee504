// Edits of shots, tracks and characters decide from plain values: what they add, change, close up and refuse.
import { describe, expect, test } from "vitest";
import {
  addCharacter,
  addCut,
  applyDiff,
  assignTracks,
  moveCharacter,
  moveCut,
  recordSchemas,
  removeCharacter,
  removeCut,
  replaceAnalysis,
  replaceTracks,
  reverseDiff,
} from "./index.ts";
import type {
  AnyRecord,
  Character,
  Diff,
  FaceTrack,
  ProjectView,
  RecordId,
  RecordOf,
  RecordType,
  Shot,
} from "./index.ts";

const reelId = "reel:a" as RecordId<"reel">;
const reel = recordSchemas.reel.parse({
  type: "reel",
  id: reelId,
  name: "R1",
  order: 0,
  mediaId: "media:a",
  frameRate: { num: 25, den: 1 },
  durationFrames: 100,
  startTimecodeFrames: 0,
  isDropFrame: false,
});
const shot = (name: string, startFrame: number, endFrame: number): Shot =>
  recordSchemas.shot.parse({
    type: "shot",
    id: `shot:${name}`,
    reelId,
    startFrame,
    durationFrames: endFrame - startFrame,
    opensWith: startFrame === 0 ? "start" : "cut",
    decidedBy: "detector",
  });
const character = (name: string, order: number): Character =>
  recordSchemas.character.parse({
    type: "character",
    id: `character:${name}`,
    name,
    order,
    hueDegrees: 10,
    consent: null,
  });
const track = (name: string, startFrame: number): FaceTrack =>
  recordSchemas["face-track"].parse({
    type: "face-track",
    id: `face-track:${name}`,
    reelId,
    startFrame,
    durationFrames: 10,
    characterId: null,
    geometrySha256: (name.codePointAt(0) ?? 0).toString(16).repeat(32),
    decidedBy: "detector",
    eligibleFrames: 10,
    medianFaceSizePx: 100,
  });

const recordsOf = (...records: readonly AnyRecord[]): ReadonlyMap<string, AnyRecord> =>
  new Map(records.map((record) => [record.id, record]));

/** What edits see, over plain records. */
function viewOf(records: ReadonlyMap<string, AnyRecord>): ProjectView {
  const all = <Type extends RecordType>(type: Type): readonly RecordOf<Type>[] =>
    [...records.values()].filter((record): record is RecordOf<Type> & AnyRecord => record.type === type);
  const place = (record: object): number =>
    Number(Reflect.get(record, "startFrame") ?? Reflect.get(record, "order") ?? 0);
  return {
    get: (type, id) => all(type).find((record) => record.id === id),
    list: (type, filter = {}) =>
      all(type)
        .filter((record) => Object.entries(filter).every(([field, value]) => Reflect.get(record, field) === value))
        .toSorted((a, b) => place(a) - place(b)),
  };
}

function apply(records: ReadonlyMap<string, AnyRecord>, diff: Diff): ReadonlyMap<string, AnyRecord> {
  const next = applyDiff(records, diff);
  expect(applyDiff(next, reverseDiff(diff))).toEqual(records);
  return next;
}

const shotsIn = (records: ReadonlyMap<string, AnyRecord>) =>
  viewOf(records)
    .list("shot")
    .map(({ startFrame, durationFrames }) => [startFrame, durationFrames]);
const shotIds = ["shot:new", "shot:whole"] as unknown as Parameters<typeof addCut>[1]["shotIds"];

describe("cuts", () => {
  test("a cut divides the shot it falls into; where there are no shots yet, the whole reel", () => {
    const cut = { reelId, startFrame: 40, shotIds };
    const none = recordsOf(reel);
    expect(shotsIn(apply(none, addCut(viewOf(none), cut)))).toEqual([[0, 40], [40, 60]]); // prettier-ignore
    const two = recordsOf(reel, shot("a", 0, 30), shot("b", 30, 100));
    expect(shotsIn(apply(two, addCut(viewOf(two), cut)))).toEqual([[0, 30], [30, 10], [40, 60]]); // prettier-ignore
  });

  test("a cut where there is one, or outside the reel, is refused", () => {
    const two = viewOf(recordsOf(reel, shot("a", 0, 30), shot("b", 30, 100)));
    expect(() => addCut(two, { reelId, startFrame: 30, shotIds })).toThrow(/already/);
    for (const startFrame of [0, 100, 2000])
      expect(() => addCut(two, { reelId, startFrame, shotIds })).toThrow(/between frame 1 and frame 99/);
  });

  test("a cut moves between its neighbours and leaves every shot a frame", () => {
    const three = recordsOf(reel, shot("a", 0, 30), shot("b", 30, 60), shot("c", 60, 100));
    const move = (startFrame: number) => moveCut(viewOf(three), shot("b", 30, 60).id, startFrame);
    expect(shotsIn(apply(three, move(1)))).toEqual([[0, 1], [1, 59], [60, 40]]); // prettier-ignore
    expect(shotsIn(apply(three, move(59)))).toEqual([[0, 59], [59, 1], [60, 40]]); // prettier-ignore
    expect(() => move(0)).toThrow(/between frame 1 and frame 59/);
    expect(() => move(60)).toThrow(/between/);
    expect(() => moveCut(viewOf(three), shot("a", 0, 30).id, 5)).toThrow(/begins with the reel/);
  });

  test("a removed cut joins two shots, and the join counts as decided by a person", () => {
    const two = recordsOf(reel, shot("a", 0, 30), shot("b", 30, 100));
    const joined = apply(two, removeCut(viewOf(two), shot("b", 30, 100).id));
    expect(viewOf(joined).list("shot")).toMatchObject([{ durationFrames: 100, decidedBy: "editor" }]);
  });
});

describe("an analysis", () => {
  test("keeps the records of what came out as before, with their characters, and replaces the rest", () => {
    const assigned = { ...track("a", 0), characterId: character("anna", 0).id };
    const before = recordsOf(reel, character("anna", 0), shot("a", 0, 100), assigned, track("b", 50));
    const shots = [shot("x", 0, 60), shot("y", 60, 100)];
    const again = { ...track("a", 0), id: track("z", 0).id };
    const after = apply(before, replaceAnalysis(viewOf(before), { reelId, shots, tracks: [again, track("c", 70)] }));
    expect(viewOf(after).list("face-track")).toEqual([assigned, track("c", 70)]);
    expect(viewOf(after).list("shot")).toEqual(shots);
    const twice = replaceAnalysis(viewOf(after), {
      reelId,
      shots: [shot("p", 0, 60), shot("q", 60, 100)],
      tracks: undefined,
    });
    expect(twice).toEqual({ added: [], changed: [], removed: [] });
  });
});

describe("tracks", () => {
  test("are replaced only while they are what the new ones were made from", () => {
    const before = recordsOf(reel, track("a", 0));
    const parts = [
      { ...track("a", 0), durationFrames: 4 },
      { ...track("b", 4), durationFrames: 6 },
    ];
    expect(apply(before, replaceTracks(viewOf(before), [track("a", 0)], parts)).size).toBe(3);
    const other = { ...track("a", 0), eligibleFrames: 3 };
    expect(() => replaceTracks(viewOf(before), [other], parts)).toThrow(/another state/);
  });

  test("are assigned to a character that exists, or to nobody", () => {
    const before = recordsOf(reel, track("a", 0), character("anna", 0));
    const assigned = apply(before, assignTracks(viewOf(before), [track("a", 0).id], character("anna", 0).id));
    expect(viewOf(assigned).list("face-track")).toMatchObject([{ characterId: "character:anna" }]);
    expect(() => assignTracks(viewOf(before), [track("a", 0).id], character("ben", 0).id)).toThrow(/no character/);
  });
});

describe("characters", () => {
  test("have names of their own, an order without gaps, and leave their tracks behind", () => {
    const owned = { ...track("a", 0), characterId: character("anna", 0).id };
    const before = recordsOf(reel, character("anna", 0), character("ben", 1), owned);
    expect(() => addCharacter(viewOf(before), { ...character("cem", 9), name: "anna" })).toThrow(/already a character/);
    const three = apply(before, addCharacter(viewOf(before), character("cem", 9)));
    const moved = apply(three, moveCharacter(viewOf(three), character("cem", 2).id, 0));
    expect(
      viewOf(moved)
        .list("character")
        .map(({ name }) => name),
    ).toEqual(["cem", "anna", "ben"]);
    const removed = apply(moved, removeCharacter(viewOf(moved), character("anna", 0).id));
    expect(
      viewOf(removed)
        .list("character")
        .map(({ order }) => order),
    ).toEqual([0, 1]);
    expect(viewOf(removed).list("face-track")).toMatchObject([{ characterId: null }]);
  });
});
