// The page's copy of the records stays what the core has, whatever edits come while it is read.
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  applyDiff,
  createId,
  diffAdding,
  diffChanging,
  diffRemoving,
  reverseDiff,
} from "../../shared/project/index.ts";
import type { AnyRecord, Diff, Version } from "../../shared/project/index.ts";
import { applyToShelves, shelfFromPages } from "./record-cache.ts";
import type { RecordShelves } from "./record-cache.ts";

let seed = 0;
const bytes = (byteCount: number) => Uint8Array.from({ length: byteCount }, () => (seed = (seed * 31 + 7) % 251));
const versionAt = (order: number): Version => ({
  type: "version",
  id: createId("version", bytes),
  language: "de",
  name: `Version ${order}`,
  order,
});

const shelvesOf = (list: readonly Version[]): RecordShelves => ({ version: { status: "ready", list } });
const [first, second, third] = [versionAt(0), versionAt(1), versionAt(2)];

test("a diff adds, changes and removes in the records' own order", () => {
  const added = applyToShelves(shelvesOf([first, third]), diffAdding(second));
  expect(added.version?.list).toEqual([first, second, third]);
  const moved = applyToShelves(added, diffChanging(first, { ...first, order: 9 }));
  expect(moved.version?.list.map(({ id }) => id)).toEqual([second.id, third.id, first.id]);
  expect(applyToShelves(moved, diffRemoving(second)).version?.list).toHaveLength(2);
});

test("a diff and its reverse leave everything as it was", () => {
  const before = shelvesOf([first, second]);
  const diff = diffAdding(third);
  expect(applyToShelves(applyToShelves(before, diff), reverseDiff(diff))).toEqual(before);
});

test("shelves of other types, and shelves never read, stay the same value", () => {
  const before = shelvesOf([first]);
  const reelGone: Diff = { added: [], changed: [], removed: [{ ...first, type: "reel" } as unknown as AnyRecord] };
  expect(applyToShelves(before, reelGone)).toBe(before);
});

test("pages read while edits go on end up as the core has it, wherever the edits fell between them", () => {
  const act = fc.record({ kind: fc.constantFrom("add", "change", "remove"), at: fc.nat(), afterPage: fc.nat(3) });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 12 }), (acts) => {
      let core: ReadonlyMap<string, AnyRecord> = new Map(
        [0, 1, 2, 3, 4, 5].map((order) => versionAt(order)).map((record) => [record.id, record]),
      );
      const firstPageRevision = 0;
      let revision = 0;
      const diffs: { revision: number; diff: Diff }[] = [];
      const pages: (readonly AnyRecord[])[] = [];
      const sorted = () => [...core.values()].toSorted((a, b) => (a as Version).order - (b as Version).order);
      for (let page = 0; page < 3; page++) {
        pages.push(sorted().slice(page * 2, page === 2 ? undefined : page * 2 + 2));
        for (const each of acts.filter(({ afterPage }) => afterPage === page)) {
          const records = sorted() as Version[];
          const target = records[each.at % Math.max(1, records.length)];
          const diff =
            each.kind === "add" || !target
              ? diffAdding(versionAt(100 + each.at))
              : each.kind === "remove"
                ? diffRemoving(target)
                : diffChanging(target, { ...target, name: `Renamed ${revision}` });
          core = applyDiff(core, diff);
          diffs.push({ revision: ++revision, diff });
        }
      }
      const shelf = shelfFromPages("version", pages, { firstPageRevision, diffs });
      // A removal between two pages shifts the next one, which skips what was shifted: that is the server's cursor's to
      // prevent. Whatever was read or changed is as the core has it.
      for (const record of shelf.list) expect(core.get(record.id)).toEqual(record);
    }),
  );
});
