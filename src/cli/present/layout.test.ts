// Rules of text in columns and of numbers for people.
import { expect, test } from "vitest";
import { describe as describeValue } from "./generic.ts";
import { columns, countText, durationText, fitTo, sizeText, widthOf } from "./layout.ts";

test("columns line up, the last one runs free", () => {
  expect(
    columns([
      ["a", "bb", "c"],
      ["aaa", "b", "cc"],
    ]),
  ).toEqual(["a    bb  c", "aaa  b   cc"]);
});

test("East Asian characters take two columns", () => {
  expect(widthOf("夜行列车")).toBe(8);
  expect(
    columns([
      ["夜", "x"],
      ["abc", "y"],
    ]),
  ).toEqual(["夜   x", "abc  y"]);
});

test("a text that is too long ends with an ellipsis within its width", () => {
  expect(fitTo("Night Train", 11)).toBe("Night Train");
  expect(fitTo("Night Train", 8)).toBe("Night T…");
  expect(widthOf(fitTo("夜行列车夜行列车", 7))).toBeLessThanOrEqual(7);
});

test.each([
  [0, "0 bytes"],
  [999, "999 bytes"],
  [1000, "1.0 kB"],
  [2_097_152, "2.1 MB"],
  [99_949_999, "99.9 MB"],
  [999_600_000, "1.0 GB"],
  [5e12, "5.0 TB"],
])("%i bytes read as %s", (byteCount, text) => {
  expect(sizeText(byteCount)).toBe(text);
});

test.each([
  [0, "0:00"],
  [59_499, "0:59"],
  [59_500, "1:00"],
  [3_725_000, "1:02:05"],
])("%i milliseconds read as %s", (durationMs, text) => {
  expect(durationText(durationMs)).toBe(text);
});

test.each([
  [0.25, "0.3"],
  [12, "12"],
  [999, "999"],
  [12_345, "12.3 k"],
  [1_234_567, "1.2 M"],
])("a rate of %d reads as %s", (count, text) => {
  expect(countText(count)).toBe(text);
});

test("any answer reads as rows and tables", () => {
  expect(describeValue({ revision: 3 })).toEqual(["Revision  3"]);
  expect(describeValue({ records: [], next: null })).toEqual(["Records  -", "Next     -"]);
  expect(describeValue({ lines: [{ at: "now", isLate: true }] })).toEqual(["At   Is late", "now  yes"]);
});
