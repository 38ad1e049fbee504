// Rules of finding moved media.
import { expect, test } from "vitest";
import { matchByContent, movedAlong, sameFolderChange } from "./index.ts";
import { sampleMedia } from "../../../test/support/sample-records.ts";

test.each([
  ["/old/films/r1/a.mov", "/new/films/r1/a.mov", { fromFolder: "/old", toFolder: "/new" }],
  ["/Volumes/A/film/a.mov", "/Volumes/B/film/a.mov", { fromFolder: "/Volumes/A", toFolder: "/Volumes/B" }],
  ["/films/a.mov", "/archive/2026/films/a.mov", { fromFolder: "", toFolder: "/archive/2026" }],
  ["C:/films/r1/a.mov", "D:/films/r1/a.mov", { fromFolder: "C:", toFolder: "D:" }],
  ["/old/a.mov", "/new/renamed.mov", { fromFolder: "/old", toFolder: "/new" }],
  ["/films/a.mov", "/films/renamed.mov", undefined],
])("%s to %s tells where the folder went", (from, to, change) => {
  expect(sameFolderChange(from, to)).toEqual(change);
});

test("media below the moved folder are suggested where they would lie now, others are not", () => {
  const media = ["/old/r1/b.wav", "/older/c.wav", "/old/d.wav"].map((path, index) => ({
    ...sampleMedia(`m${index}`),
    path,
  }));
  expect(movedAlong(media, { fromFolder: "/old", toFolder: "/new/place" })).toEqual([
    { mediaId: "media:m0", path: "/new/place/r1/b.wav" },
    { mediaId: "media:m2", path: "/new/place/d.wav" },
  ]);
});

test("a file is found by its content whatever its name, and one of the same name and other content is not", () => {
  const [a, b] = [sampleMedia("a"), sampleMedia("b")];
  const files = [
    { path: "/new/copy.mov", identity: a.identity },
    { path: "/new/b.mov", identity: a.identity },
    { path: "/new/a.mov", identity: a.identity },
  ];
  expect(matchByContent([a, b], files)).toEqual([{ mediaId: a.id, path: "/new/a.mov" }]);
  expect(matchByContent([a, b], files.slice(0, 2))).toEqual([{ mediaId: a.id, path: "/new/copy.mov" }]);
});
