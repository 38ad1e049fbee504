// J K L: the same key doubles, the other turns around, K stops.
import { expect, test } from "vitest";
import { nextSpeed } from "./shuttle.ts";

test("L again and again goes 1, 2, 4, 8 and stays there; J the same backward", () => {
  const forward = [0, 1, 2, 4, 8].map((speed) => nextSpeed(speed, "forward"));
  expect(forward).toEqual([1, 2, 4, 8, 8]);
  const back = [0, -1, -2, -4, -8].map((speed) => nextSpeed(speed, "back"));
  expect(back).toEqual([-1, -2, -4, -8, -8]);
});

test("the other direction starts at normal speed, and so does playing after a slow jog", () => {
  expect([nextSpeed(-8, "forward"), nextSpeed(4, "back"), nextSpeed(0.25, "forward")]).toEqual([1, -1, 1]);
});

test("K stops whatever runs", () => {
  expect([8, 1, 0, -4].map((speed) => nextSpeed(speed, "stop"))).toEqual([0, 0, 0, 0]);
});
