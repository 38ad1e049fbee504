// An edit list gives the cuts of the reel that its record timecodes name, and says clearly what is wrong with it.
import { describe, expect, test } from "vitest";
import { frameRates, timecodeBaseFrom } from "../../shared/time/index.ts";
import { readEditList } from "./edit-list.ts";

const reel = { base: timecodeBaseFrom("01:00:00:00", frameRates["25"]), durationFrames: 1000 };
const list = (...lines: readonly string[]): string =>
  ["TITLE: NIGHT TRAIN R1", "FCM: NON-DROP FRAME", "", ...lines].join("\r\n");
const event = (number: string, transition: string, record: string): string =>
  `${number}  A012C003 V     ${transition} 00:00:10:00 00:00:14:00 ${record}`;

describe("an edit list", () => {
  test("gives a cut where an event begins, and one where it ends and nothing follows", () => {
    const text = list(
      event("001", "C       ", "01:00:00:00 01:00:04:00"),
      "* FROM CLIP NAME: A012C003_211104",
      event("002", "C       ", "01:00:04:00 01:00:08:10"),
      "003  AX       AA/V  C        00:00:00:00 00:00:02:00 01:00:10:00 01:00:12:00",
      "004  AX       A2    C        00:00:00:00 00:00:02:00 01:00:11:00 01:00:12:00",
    );
    expect(readEditList(text, reel).cuts).toEqual(
      [100, 210, 250, 300].map((frameIndex) => ({ frameIndex, kind: "cut" })),
    );
  });

  test("gives a dissolve's middle in place of the cut at its beginning", () => {
    const text = list(
      event("001", "C       ", "01:00:00:00 01:00:04:00"),
      event("002", "C       ", "01:00:04:00 01:00:04:00"),
      event("002", "D    024", "01:00:04:00 01:00:08:00"),
      event("003", "C       ", "01:00:08:00 01:00:40:00"),
    );
    expect(readEditList(text, reel).cuts).toEqual([
      { frameIndex: 112, kind: "dissolve" },
      { frameIndex: 200, kind: "cut" },
    ]);
  });

  test("passes over keys and what lies outside the reel, and says so", () => {
    const text = list(
      event("001", "C       ", "00:59:00:00 01:00:02:00"),
      event("002", "C       ", "01:00:02:00 01:02:00:00"),
      event("003", "K       ", "01:00:03:00 01:00:04:00"),
      event("004", "C       ", "01:02:00:00 01:03:00:00"),
    );
    const { cuts, notes } = readEditList(text, reel);
    expect(cuts).toEqual([{ frameIndex: 50, kind: "cut" }]);
    expect(notes.join(" ")).toMatch(/key.*1 of 3 events/);
  });

  test.each([
    [
      "of another reel",
      list(event("001", "C       ", "02:00:00:00 02:00:04:00")),
      /runs from 02:00:00:00 to 02:00:04:00/,
    ],
    ["with a frame that its rate lacks", list(event("001", "C       ", "01:00:00:25 01:00:04:00")), /Line 4.*25/],
    ["with a torn event", list("001  A012C003 V     C        00:00:10:00 00:00:14:00 01:00"), /Line 4/],
    ["that is none", "<?xml version='1.0'?><xmeml/>", /no picture event/],
  ])("%s is refused with what is wrong", (_what, text, message) => {
    expect(() => readEditList(text, reel)).toThrow(message);
  });

  test("in drop-frame is refused for a reel that is not", () => {
    const ntsc = { base: timecodeBaseFrom("01:00:00:00", frameRates["29.97"]), durationFrames: 1000 };
    const text = `FCM: DROP FRAME\n${event("001", "C       ", "01:00:00;00 01:00:04;00")}`;
    expect(() => readEditList(text, ntsc)).toThrow(/drop timecode; the reel is counted non-drop/);
    const drop = { base: timecodeBaseFrom("01:00:00;00", frameRates["29.97"]), durationFrames: 1000 };
    expect(readEditList(text, drop).cuts).toEqual([{ frameIndex: 120, kind: "cut" }]);
  });
});
