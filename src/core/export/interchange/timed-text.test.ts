// SubRip and WebVTT: what programs write is read, what is written reads back, and a broken cue is named by its line.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatSrt, formatWebVtt, parseSrt, parseWebVtt } from "./timed-text.ts";
import type { TimedText, WebVtt } from "./timed-text.ts";

const line = fc.stringMatching(/^[A-Za-zäöü你好<>i/&;. 0-9]{0,24}[A-Za-zäöü你好]$/u).map((text) => text.trim());
const timing = fc.record({ startMs: fc.nat(400_000_000), lengthMs: fc.nat(20_000) });
const cue = (named: boolean): fc.Arbitrary<TimedText> =>
  fc
    .record({
      timing,
      text: fc.array(line, { minLength: 1, maxLength: 3 }).map((lines) => lines.join("\n")),
      name: named ? fc.constantFrom("", "intro", "cue 12") : fc.constant(""),
      placement: named ? fc.constantFrom("", "line:0", "align:start position:10%") : fc.constant(""),
    })
    .map(({ timing: { startMs, lengthMs }, ...rest }) => ({ startMs, endMs: startMs + lengthMs, ...rest }));

describe("SubRip", () => {
  test("what is written reads back the same", () => {
    fc.assert(
      fc.property(fc.array(cue(false), { minLength: 1, maxLength: 8 }), (cues) => {
        expect(parseSrt(formatSrt(cues))).toEqual(cues);
      }),
    );
  });

  test("a byte order mark, points for commas, missing numbers and bare line ends are read", () => {
    const text = "\uFEFF00:00:01.500 --> 00:00:02,000\nHello\n\n\n7\n00:00:03,000 --> 00:00:04,000 X1:40\nyou\nthere\n";
    expect(parseSrt(text)).toEqual([
      { startMs: 1500, endMs: 2000, text: "Hello", name: "", placement: "" },
      { startMs: 3000, endMs: 4000, text: "you\nthere", name: "", placement: "X1:40" },
    ]);
  });

  test("an empty line within a text stays in it", () => {
    const text = "1\r\n00:00:01,000 --> 00:00:02,000\r\none\r\n\r\ntwo\r\n";
    expect(parseSrt(text)[0]?.text).toBe("one\n\ntwo");
  });

  test("broken times are refused by their line", () => {
    expect(() => parseSrt("1\n00:00:01 --> 00:00:02\nx")).toThrow("Line 2");
    expect(() => parseSrt("1\n00:00:03,000 --> 00:00:02,000\nx")).toThrow("ends before");
    expect(() => parseSrt("  \n")).toThrow("at least one cue");
  });
});

describe("WebVTT", () => {
  test("what is written reads back the same, with notes and styles where they stood", () => {
    const file: fc.Arbitrary<WebVtt> = fc
      .record({
        header: fc.constantFrom("WEBVTT", "WEBVTT - Reel 1", "WEBVTT\nKind: captions"),
        cues: fc.array(cue(true), { maxLength: 6 }),
        notes: fc.array(fc.nat(6), { maxLength: 3 }),
      })
      .map(({ header, cues, notes }) => ({
        header,
        cues,
        blocks: notes
          .map((place) => Math.min(place, cues.length))
          .toSorted((left, right) => left - right)
          .map((beforeCue, index) => ({ beforeCue, text: `NOTE number ${index}\nof two lines` })),
      }));
    fc.assert(
      fc.property(file, (made) => {
        expect(parseWebVtt(formatWebVtt(made))).toEqual(made);
      }),
    );
  });

  test("hours may be missing, and a file without the signature is refused with what it may be", () => {
    expect(parseWebVtt("WEBVTT\n\n00:01.000 --> 00:02.000\nHi\n").cues[0]?.startMs).toBe(1000);
    expect(() => parseWebVtt("1\n00:00:01,000 --> 00:00:02,000\nHi")).toThrow("WEBVTT");
  });
});
