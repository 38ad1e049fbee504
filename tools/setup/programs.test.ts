// What set-up decides about programs it finds.
import { expect, test } from "vitest";
import { isNewEnoughFfmpeg } from "./programs.mjs";

test.each([
  ["ffmpeg version 5.1.9-0+deb12u1\nlibavutil      57. 28.100 / 57. 28.100", true],
  ["ffmpeg version N-118000-g1234\nlibavutil      59. 39.100 / 59. 39.100", true],
  ["ffmpeg version 4.4.2\nlibavutil      56. 70.100 / 56. 70.100", false],
  ["ffmpeg version 5.0\nlibavutil      57. 17.100 / 57. 17.100", false],
  ["something else", false],
])("%j is new enough: %s", (banner, isNewEnough) => {
  expect(isNewEnoughFfmpeg(banner)).toBe(isNewEnough);
});
