// Rules of typed timecode: the grammar editors know, with carries, drop-frame and midnight.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { frameRates } from "./frame-rate.ts";
import { formatTimecode, framesPerDay, timecodeBase, timecodeBaseFrom } from "./timecode.ts";
import { parseTimecodeEntry } from "./timecode-entry.ts";

const base = timecodeBase(frameRates["25"], "non-drop");
const drop = timecodeBase(frameRates["29.97"], "drop");
const entered = (text: string, currentFrame = 1000) => parseTimecodeEntry(text, { base, currentFrame });
const second = 25;
const minute = 60 * second;

describe("an amount", () => {
  test.each([
    ["+20.", 1000 + 20 * second],
    ["-5", 995],
    ["+3..", 1000 + 3 * minute],
    ["+1...", 1000 + 60 * minute],
    ["+100", 1000 + second],
    ["+99", 1000 + 99],
    ["+90.", 1000 + 90 * second],
    ["-1.", 1000 - second],
    ["+1:00", 1000 + second],
    ["+1:30;10", 1000 + minute + 30 * second + 10],
    ["+1::", 1000 + minute],
    [" + 12 ", 1012],
    ["+.", 1000],
  ])("%j leads from frame 1000 to %i", (text, frame) => {
    expect(entered(text)).toBe(frame);
  });

  test("is as long as the label of its name is far from zero when labels drop", () => {
    const amounts = ["+1...", "+10..", "+20.", "+1.."];
    const frames = amounts.map((text) => parseTimecodeEntry(text, { base: drop, currentFrame: 0 }));
    expect(frames).toEqual([107_892, 17_982, 600, 1800]);
  });

  test("may lead before the reel, which the caller knows the ends of", () => {
    expect(entered("-2.", 10)).toBe(-40);
  });
});

describe("a label", () => {
  test.each([
    ["1234", 12 * second + 34],
    ["=1234", 12 * second + 34],
    ["5", 5],
    ["12.", 12 * second],
    ["3..", 3 * minute],
    ["00:01:02:03", minute + 2 * second + 3],
    ["1:2:3", minute + 2 * second + 3],
    ["01000000", 60 * minute],
    ["1000000", 60 * minute],
  ])("%j names frame %i", (text, frame) => {
    expect(entered(text)).toBe(frame);
  });

  test("counts from the start timecode of the reel", () => {
    const reel = timecodeBaseFrom("01:00:00:00", frameRates["25"]);
    expect(parseTimecodeEntry("1...", { base: reel, currentFrame: 7 })).toBe(0);
    expect(parseTimecodeEntry("59:59:24", { base: reel, currentFrame: 7 })).toBe(-1);
  });

  test("means the nearest of its name around midnight", () => {
    const reel = timecodeBaseFrom("23:50:00:00", frameRates["25"]);
    expect(parseTimecodeEntry("10..", { base: reel, currentFrame: 0 })).toBe(20 * minute);
  });

  test("that drop-frame leaves out is the next one there is", () => {
    const frame = parseTimecodeEntry("1..", { base: drop, currentFrame: 0 });
    expect(formatTimecode(frame, drop)).toBe("00:01:00;02");
  });

  test("as shown leads back to its frame, with its marks or digits alone", () => {
    const someBase = fc.constantFrom(base, drop, timecodeBaseFrom("01:00:00;00", frameRates["59.94"]));
    fc.assert(
      fc.property(someBase, fc.integer({ min: 0, max: 2_000_000 }), (at, frame) => {
        const label = formatTimecode(frame, at);
        expect(parseTimecodeEntry(label, { base: at, currentFrame: frame })).toBe(frame);
        expect(parseTimecodeEntry(label.replaceAll(/\D/g, ""), { base: at, currentFrame: frame })).toBe(frame);
        expect(framesPerDay(at)).toBeGreaterThan(2_000_000);
      }),
    );
  });
});

test.each(["", "+", "=", ":", "abc", "1a", "123456789", "1:2:3:4:5", "1:20.", "--5", "+3.....", "1 2"])(
  "refuses %j",
  (text) => {
    expect(() => entered(text)).toThrow(expect.objectContaining({ kind: "refused", code: "time.bad-entry" }));
  },
);
