// Rules of timecode labels, and every frame of 24 hours at every rate against an odometer.
import { describe, expect, test } from "vitest";
import { frameRates } from "./frame-rate.ts";
import { frameToSample, sampleToFrame } from "./positions.ts";
import {
  droppedLabelsPerMinute,
  formatTimecode,
  framesPerDay,
  labelFramesOf,
  parseTimecode,
  timecodeBase,
  timecodeBaseFrom,
  timecodeFieldsOf,
} from "./timecode.ts";
import type { TimecodeBase } from "./timecode.ts";

const bases: readonly (readonly [string, TimecodeBase])[] = [
  ...Object.entries(frameRates).map(([label, rate]) => [label, timecodeBase(rate, "non-drop")] as const),
  ["29.97 drop", timecodeBase(frameRates["29.97"], "drop")],
  ["59.94 drop", timecodeBase(frameRates["59.94"], "drop")],
];
const drop2997 = timecodeBase(frameRates["29.97"], "drop");
const drop5994 = timecodeBase(frameRates["59.94"], "drop");
const film24 = timecodeBase(frameRates["24"], "non-drop");

/** Counts labels as a machine with wheels does, which is how the standard tells it. */
function* odometer(droppedPerMinute: number) {
  for (let hours = 0; hours < 24; hours += 1) {
    for (let minutes = 0; minutes < 60; minutes += 1) {
      for (let seconds = 0; seconds < 60; seconds += 1) {
        yield { hours, minutes, seconds, firstFrames: seconds === 0 && minutes % 10 !== 0 ? droppedPerMinute : 0 };
      }
    }
  }
}

// Half a second each on an idle machine.
describe("every frame of 24 hours", { timeout: 60_000 }, () => {
  test.each(bases)("at %s has the label an odometer shows, and the label leads back to it", (_, base) => {
    const perSecond = Math.round(base.rate.num / base.rate.den);
    const dropped = base.counting === "drop" ? droppedLabelsPerMinute(base.rate) : 0;
    let frame = 0;
    let wrongCount = 0;
    for (const wheel of odometer(dropped)) {
      for (let frames = wheel.firstFrames; frames < perSecond; frames += 1) {
        const fields = timecodeFieldsOf(frame, base);
        const isSame =
          fields.frames === frames &&
          fields.seconds === wheel.seconds &&
          fields.minutes === wheel.minutes &&
          fields.hours === wheel.hours;
        if (!isSame || labelFramesOf(fields, base) !== frame) wrongCount += 1;
        frame += 1;
      }
    }
    expect(wrongCount).toBe(0);
    expect(framesPerDay(base)).toBe(frame);
  });

  test.each(Object.entries(frameRates))("at %s begins at the one sample that integers give, at 192 kHz", (_, rate) => {
    const toSample = { rate, sampleRateHz: 192_000, rounding: "ceil" } as const;
    const toFrame = { rate, sampleRateHz: 192_000, rounding: "floor" } as const;
    const wholeSamples = Math.floor((rate.den * 192_000) / rate.num);
    const restPerFrame = (rate.den * 192_000) % rate.num;
    let [below, rest, wrongCount] = [0, 0, 0];
    const frameCount = Math.floor((86_400 * rate.num) / rate.den);
    for (let frame = 0; frame < frameCount; frame += 1) {
      const sample = frameToSample(frame, toSample);
      if (sample !== (rest > 0 ? below + 1 : below) || sampleToFrame(sample, toFrame) !== frame) wrongCount += 1;
      below += wholeSamples;
      rest += restPerFrame;
      if (rest >= rate.num) {
        rest -= rate.num;
        below += 1;
      }
    }
    expect(wrongCount).toBe(0);
  });
});

describe("drop-frame", () => {
  test.each([
    [1799, "00:00:59;29"],
    [1800, "00:01:00;02"],
    [17981, "00:09:59;29"],
    [17982, "00:10:00;00"],
    [107_892, "01:00:00;00"],
    [2_589_407, "23:59:59;29"],
  ])("labels frame %i at 29.97 with %s", (frame, label) => {
    expect(formatTimecode(frame, drop2997)).toBe(label);
    expect(parseTimecode(label, drop2997)).toBe(frame);
  });

  test("leaves out four labels a minute at 59.94", () => {
    expect([3599, 3600].map((frame) => formatTimecode(frame, drop5994))).toEqual(["00:00:59;59", "00:01:00;04"]);
  });

  test("refuses a label it leaves out and hints at non-drop lists", () => {
    for (const label of ["00:01:00;00", "00:01:00;01", "12:59:00:00"]) {
      expect(() => parseTimecode(label, drop2997)).toThrow(expect.objectContaining({ code: "time.dropped-label" }));
    }
    expect(parseTimecode("00:10:00;00", drop2997)).toBe(17982);
  });

  test("exists at 29.97 and 59.94 only", () => {
    for (const [label, rate] of Object.entries(frameRates)) {
      const make = () => timecodeBase(rate, "drop");
      if (label === "29.97" || label === "59.94") expect(make()).toMatchObject({ counting: "drop" });
      else expect(make).toThrow(expect.objectContaining({ kind: "refused", code: "time.no-drop-frame" }));
    }
  });
});

describe("labels", () => {
  test("wrap after 24 hours and before zero", () => {
    expect(formatTimecode(framesPerDay(film24), film24)).toBe("00:00:00:00");
    expect(formatTimecode(-1, film24)).toBe("23:59:59:23");
    expect(formatTimecode(-1, drop2997)).toBe("23:59:59;29");
  });

  test("begin where the reel's start timecode says, over midnight too", () => {
    const reel = timecodeBaseFrom("23:59:59:00", frameRates["24"]);
    expect([0, 23, 24].map((frame) => formatTimecode(frame, reel))).toEqual([
      "23:59:59:00",
      "23:59:59:23",
      "00:00:00:00",
    ]);
    expect(parseTimecode("00:00:00:00", reel)).toBe(24);
    expect(parseTimecode("23:59:59:00", reel)).toBe(0);
  });

  test("carry the way of counting in the mark before the frames", () => {
    expect(timecodeBaseFrom("01:00:00;00", frameRates["29.97"])).toMatchObject({
      counting: "drop",
      startLabelFrames: 107_892,
    });
    expect(timecodeBaseFrom("01:00:00:00", frameRates["29.97"])).toMatchObject({
      counting: "non-drop",
      startLabelFrames: 108_000,
    });
    expect(timecodeBaseFrom("01:00:00;00", frameRates["25"])).toMatchObject({ counting: "non-drop" });
  });

  test("have three digits of frames at 120", () => {
    const fast = timecodeBase(frameRates["120"], "non-drop");
    expect(formatTimecode(119, fast)).toBe("00:00:00:119");
    expect(parseTimecode("00:00:00:119", fast)).toBe(119);
  });

  test.each(["", "1:00", "24:00:00:00", "00:60:00:00", "00:00:60:00", "00:00:00:24", "00:00:00:-1", "aa:00:00:00"])(
    "refuse %j",
    (text) => {
      expect(() => parseTimecode(text, film24)).toThrow(expect.objectContaining({ code: "time.bad-timecode" }));
    },
  );
});
