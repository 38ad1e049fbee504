// What is played over and over, and where it turns.
import { expect, test } from "vitest";
import type { RecordId } from "../../shared/project/index.ts";
import { frameRates, timecodeBase } from "../../shared/time/index.ts";
import { loopAround, loopTurn } from "./loop.ts";
import { usePlayer } from "./player-store.ts";

const rate = frameRates["25"];
const clip = {
  mediaId: "media:a" as RecordId<"media">,
  rate,
  frameCount: 250,
  base: timecodeBase(rate, "non-drop"),
  hasPicture: true,
};

test("a loop has a second before and after its segment, as far as the clip goes", () => {
  expect(loopAround({ startFrame: 100, durationFrames: 50 }, clip)).toEqual({ startFrame: 75, durationFrames: 100 });
  expect(loopAround({ startFrame: 10, durationFrames: 230 }, clip)).toEqual({ startFrame: 0, durationFrames: 250 });
});

test("it turns at its last frame while it plays forward, and never else", () => {
  const loop = { startFrame: 75, durationFrames: 100 };
  const at = (shownFrame: number, speedRatio = 1) =>
    loopTurn({ ...usePlayer.getState(), clip, loop, shownFrame, speedRatio });
  expect(at(173)).toBeUndefined();
  expect(at(174)).toBe(75);
  expect(at(200)).toBe(75);
  expect(at(174, 0)).toBeUndefined();
  expect(at(174, -1)).toBeUndefined();
});

test("at the end of the clip it turns before the element would stop", () => {
  const state = { ...usePlayer.getState(), clip, loop: { startFrame: 200, durationFrames: 50 }, speedRatio: 1 };
  expect(loopTurn({ ...state, shownFrame: 248 })).toBe(200);
});
