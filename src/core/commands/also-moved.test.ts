// Rules of what a move of one file tells of others.
import { expect, test } from "vitest";
import { movedPath } from "./also-moved.ts";

test.each([
  ["a file beside it", "/a/2.mov", { from: "/a/1.mov", to: "/b/1.mov" }, "/b/2.mov"],
  ["a file below it", "/a/x/2.mov", { from: "/a/1.mov", to: "/b/1.mov" }, "/b/x/2.mov"],
  ["a file of another day", "/a/day2/2.mov", { from: "/a/day1/1.mov", to: "/b/day1/1.mov" }, "/b/day2/2.mov"],
  ["a file on another disk", "/mnt/a/2.mov", { from: "/mnt/a/1.mov", to: "/media/c/1.mov" }, "/media/c/2.mov"],
])("%s moved along", (_case, path, move, moved) => {
  expect(movedPath(path, move)).toBe(moved);
});

test.each([
  ["a file elsewhere", "/c/2.mov", { from: "/a/1.mov", to: "/b/1.mov" }],
  ["a file in a folder whose name begins alike", "/ab/2.mov", { from: "/a/1.mov", to: "/b/1.mov" }],
  ["a file of a folder in which only a name changed", "/a/2.mov", { from: "/a/1.mov", to: "/a/one.mov" }],
])("%s did not", (_case, path, move) => {
  expect(movedPath(path, move)).toBeUndefined();
});
