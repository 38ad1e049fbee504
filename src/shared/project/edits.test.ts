// Edits decide from plain values: what they add, remove, renumber and refuse.
import { describe, expect, test } from "vitest";
import {
  addAudioTrack,
  addVersion,
  applyDiff,
  importMedia,
  isEmptyDiff,
  mediaFactsSchema,
  moveReel,
  recordSchemas,
  relinkMedia,
  removeMedia,
  removeVersion,
  renameReel,
  reverseDiff,
} from "./index.ts";
import type { AnyRecord, Media, ProjectView, RecordId, Reel, Version } from "./index.ts";

const sha = (digit: string) => digit.repeat(64);

function media(digit: string): Media {
  return recordSchemas.media.parse({
    type: "media",
    id: `media:${digit}`,
    path: `/films/${digit}.mov`,
    identity: {
      sizeBytes: 10,
      headSha256: sha(digit),
      middleSha256: sha(digit),
      tailSha256: sha(digit),
      mediaHash: sha(digit),
    },
    facts: mediaFactsSchema.parse({
      factsVersion: 1,
      container: { kind: "mov", sizeBytes: 10, durationMs: 1000 },
      video: [],
      audio: [],
      warnings: [],
    }),
    importedAt: "2026-01-01T00:00:00Z",
  });
}

function reel(digit: string, order: number): Reel {
  return recordSchemas.reel.parse({
    type: "reel",
    id: `reel:${digit}`,
    name: `R${order + 1}`,
    order,
    mediaId: `media:${digit}`,
    frameRate: { num: 24000, den: 1001 },
    durationFrames: 24,
    startTimecodeFrames: 86400,
    isDropFrame: false,
  });
}

const german: Version = recordSchemas.version.parse({
  type: "version",
  id: "version:de",
  language: "de",
  name: "German",
  order: 0,
});

/** A view over plain records, in the order they were put. */
function viewOf(records: Iterable<AnyRecord>): ProjectView {
  const all = [...records];
  const matches = (record: AnyRecord, filter: object) =>
    Object.entries(filter).every(([key, value]) => Reflect.get(record, key) === value);
  return {
    get: (type, id) => all.find((record) => record.type === type && record.id === id) as never,
    list: (type, filter = {}) => all.filter((record) => record.type === type && matches(record, filter)) as never,
  };
}

const asMap = (...records: readonly AnyRecord[]) =>
  new Map<string, AnyRecord>(records.map((record) => [record.id, record]));

describe("edits", () => {
  test("importing a picture adds its media and puts its reel last", () => {
    const view = viewOf([media("a"), reel("a", 0)]);
    const diff = importMedia(view, { media: media("b"), reel: reel("b", 0) });
    expect(diff.added).toEqual([media("b"), { ...reel("b", 0), order: 1 }]);
  });

  test("the same content a second time is refused and names the media that is there", () => {
    const again: Media = { ...media("a"), id: "media:other" as RecordId<"media"> };
    expect(() => importMedia(viewOf([media("a")]), { media: again, reel: undefined })).toThrow("/films/a.mov");
  });

  test("removing a picture removes its reel and closes the gap, and its reverse brings all back", () => {
    const before = asMap(media("a"), reel("a", 0), media("b"), reel("b", 1));
    const diff = removeMedia(viewOf(before.values()), media("a").id);
    const after = applyDiff(before, diff);
    expect([...after.keys()].toSorted()).toEqual(["media:b", "reel:b"]);
    expect(after.get("reel:b")).toMatchObject({ order: 0 });
    expect(applyDiff(after, reverseDiff(diff))).toEqual(before);
  });

  test("moving a reel renumbers the others around it", () => {
    const before = asMap(reel("a", 0), reel("b", 1), reel("c", 2));
    const after = applyDiff(before, moveReel(viewOf(before.values()), reel("c", 2).id, 0));
    const order = (id: string) => after.get(id) as Reel;
    expect([order("reel:c").order, order("reel:a").order, order("reel:b").order]).toEqual([0, 1, 2]);
  });

  test("relinking to other content is refused", () => {
    const view = viewOf([media("a")]);
    const { identity, facts } = media("b");
    expect(() => relinkMedia(view, { mediaId: media("a").id, path: "/new/b.mov", identity, facts })).toThrow("content");
  });

  test("relinking to the same content changes the path alone", () => {
    const { id, identity, facts } = media("a");
    const diff = relinkMedia(viewOf([media("a")]), { mediaId: id, path: "/new/a.mov", identity, facts });
    expect(diff.changed).toEqual([[media("a"), { ...media("a"), path: "/new/a.mov" }]]);
  });

  test("an edit that changes nothing yields an empty diff", () => {
    expect(isEmptyDiff(renameReel(viewOf([reel("a", 0)]), reel("a", 0).id, "R1"))).toBe(true);
  });

  test("a version is removed with its tracks, and a second one of the same name is refused", () => {
    const view = viewOf([german]);
    expect(() => addVersion(view, { ...german, id: "version:x" as RecordId<"version"> })).toThrow("already");
    expect(removeVersion(view, german.id).removed).toEqual([german]);
  });

  test("a track of a stream that the file lacks is refused with the streams it has", () => {
    const view = viewOf([german, media("a"), reel("a", 0)]);
    const track = recordSchemas["audio-track"].parse({
      type: "audio-track",
      id: "audio-track:1",
      versionId: german.id,
      reelId: "reel:a",
      mediaId: "media:a",
      streamIndex: 3,
      stem: "dialogue",
      characterId: null,
      offsetSamples: 0,
      gainDb: 0,
    });
    expect(() => addAudioTrack(view, track)).toThrow("no audio stream 3");
  });

  test("a record that is gone is refused by name", () => {
    expect(() => renameReel(viewOf([]), reel("a", 0).id, "R2")).toThrow("reel:a");
  });
});
