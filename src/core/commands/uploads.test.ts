// Rules of the names that dropped files get.
import fc from "fast-check";
import { expect, test } from "vitest";
import { safeFileName } from "./uploads.ts";

test.each([
  ["film.mov", "film.mov"],
  ["/etc/passwd", "passwd"],
  ["..\\..\\film.mov", "film.mov"],
  ["../..", "file"],
  ["", "file"],
  [".hidden.mov", "hidden.mov"],
  ["a:b*c?.mov", "a_b_c_.mov"],
  ["film.mov. ", "film.mov"],
  ["con.mov", "_con.mov"],
  ["LPT1", "_LPT1"],
  ["夜行列车.mov", "夜行列车.mov"],
  ["a\nb\u0000.mov", "a_b_.mov"],
])("%j is kept as %s", (name, safe) => {
  expect(safeFileName(name)).toBe(safe);
});

test("a long name keeps its extension and whole characters", () => {
  const safe = safeFileName(`${"👩‍👩‍👧".repeat(100)}.mov`);
  expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(200);
  expect(safe).toMatch(/^(👩‍👩‍👧)+\.mov$/u);
});

test("whatever a page calls a file, its name is one that every system keeps", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (name) => {
      const safe = safeFileName(name);
      expect(safe).not.toMatch(/[/\\<>:"|?*\p{Cc}]/u);
      expect(safe).not.toMatch(/^[.\s]|[.\s]$/);
      expect(safe).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i);
      expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(230);
      expect(safe.length).toBeGreaterThan(0);
    }),
  );
});
