// Edits decide from plain values: what they add, remove, renumber and refuse.
import { describe, expect, test } from "vitest";
import {
  applyDiff,
  importMedia,
  isEmptyDiff,
  mediaFactsSchema,
  moveReel,
  recordSchemas,
  relinkMedia,
  removeMedia,
  renameReel,
  reverseDiff,
} from "./index.ts";
import type { AnyRecord, Media, RecordId, Reel } from "./index.ts";
import { viewOf } from "../../../test/support/view-of.ts";

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

  test("a record that is gone is refused by name", () => {
    expect(() => renameReel(viewOf([]), reel("a", 0).id, "R2")).toThrow("reel:a");
  });
});
