// CMX 3600 lists: what programs write is read, what is written reads back, and a broken line is named.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatEdl, parseEdl } from "./edl.ts";
import { isPicture } from "./edit-list.ts";
import type { EditEvent, EditList } from "./edit-list.ts";
import { frameRates } from "../../../shared/time/index.ts";

const resolveLike = `TITLE: Reel 1 conform
FCM: NON-DROP FRAME

001  A001C002 V     C        14:20:10:05 14:20:12:05 01:00:00:00 01:00:02:00
* FROM CLIP NAME: A001C002_220101.mov
* LOC: 01:00:01:00 RED     check lips
002  A001C003 V     C        10:00:00:00 10:00:00:00 01:00:02:00 01:00:02:00
002  B004C001 V     D    012 09:10:00:00 09:10:04:00 01:00:02:00 01:00:06:00
* FROM CLIP NAME: A001C003.mov
* TO CLIP NAME: B004C001.mov
M2   B004C001       012.0                09:10:00:00
003  AX       AA/V  W001 030 00:00:00:00 00:00:01:00 01:00:06:00 01:00:07:00
* SOME PROGRAM SAYS SOMETHING
`;

describe("parseEdl", () => {
  test("reads events, names, transitions, speeds, markers and keeps what it does not know", () => {
    const list = parseEdl(resolveLike, frameRates["24"]);
    expect(list.title).toBe("Reel 1 conform");
    expect(list.counting).toBe("non-drop");
    expect(list.events).toHaveLength(4);
    const [first, , third, fourth] = list.events;
    expect(first).toMatchObject({
      number: 1,
      reelName: "A001C002",
      fromClipName: "A001C002_220101.mov",
      source: { durationFrames: 48 },
      record: { startFrame: 86_400, durationFrames: 48 },
      markers: [{ recordFrame: 86_424, colour: "RED", text: "check lips" }],
    });
    expect(third).toMatchObject({
      transition: { kind: "dissolve", durationFrames: 12 },
      toClipName: "B004C001.mov",
      speed: { sourceFramesPerSecond: 12 },
    });
    expect(fourth).toMatchObject({ transition: { kind: "wipe", pattern: 1, durationFrames: 30 } });
    expect(fourth?.comments).toEqual(["SOME PROGRAM SAYS SOMETHING"]);
    expect(list.events.every(isPicture)).toBe(true);
  });

  test("a drop-frame list counts drop-frame labels", () => {
    const text = "TITLE: X\nFCM: DROP FRAME\n001 AX V C 00:00:00;00 00:01:00;02 01:00:00;00 01:01:00;02\n";
    const list = parseEdl(text, frameRates["29.97"]);
    expect(list.counting).toBe("drop");
    expect(list.events[0]?.record).toEqual({ startFrame: 107_892, durationFrames: 1800 });
  });

  test("a careless DROP FRAME at 25 is read as the non-drop it must be", () => {
    const text = "FCM: DROP FRAME\r\n001 AX V C 00:00:00:00 00:00:01:00 10:00:00:00 10:00:01:00\r\n";
    expect(parseEdl(text, frameRates["25"]).counting).toBe("non-drop");
  });

  test("a broken line is refused by its number", () => {
    const lines = ["TITLE: X", "001 AX V C 00:00:00:00 00:00:01:00 01:00:00:00"].join("\n");
    expect(() => parseEdl(lines, frameRates["25"])).toThrow("Line 2");
    expect(() => parseEdl("001 AX V C 00:00:00:30 00:00:01:00 01:00:00:00 01:00:01:00", frameRates["25"])).toThrow(
      "Line 1",
    );
    expect(() => parseEdl("001 AX V K 00:00:00:00 00:00:01:00 01:00:00:00 01:00:01:00", frameRates["25"])).toThrow(
      "keys",
    );
    expect(() => parseEdl("TITLE: nothing", frameRates["25"])).toThrow("at least one event");
  });
});

const word = fc.stringMatching(/^[A-Z0-9_]{1,8}$/u);
const words = fc.stringMatching(/^[A-Za-z0-9_. -]{0,30}[A-Za-z0-9]$/u).map((text) => text.trim());
const range = fc.record({ startFrame: fc.nat(1_000_000), durationFrames: fc.nat(5000) });
const optional = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined });

const event: fc.Arbitrary<EditEvent> = fc.record({
  number: fc.integer({ min: 1, max: 9999 }),
  reelName: word,
  channels: fc.constantFrom("V", "A", "A2", "B", "AA/V"),
  transition: fc.oneof(
    fc.constant({ kind: "cut" as const }),
    fc.record({ kind: fc.constant("dissolve" as const), durationFrames: fc.integer({ min: 1, max: 255 }) }),
    fc.record({
      kind: fc.constant("wipe" as const),
      pattern: fc.nat(999),
      durationFrames: fc.integer({ min: 1, max: 255 }),
    }),
  ),
  source: range,
  record: range,
  fromClipName: optional(words),
  toClipName: optional(words),
  sourceFile: optional(words),
  speed: optional(
    fc.record({
      sourceFramesPerSecond: fc.integer({ min: -96_000, max: 96_000 }).map((n) => n / 1000),
      sourceFrame: fc.nat(1_000_000),
    }),
  ),
  markers: fc.array(fc.record({ recordFrame: fc.nat(1_000_000), colour: word, text: words }), { maxLength: 2 }),
  comments: fc.array(
    words.map((text) => `note ${text}`),
    { maxLength: 2 },
  ),
});

describe("formatEdl", () => {
  test("what is written reads back the same, at every rate and counting", () => {
    const list: fc.Arbitrary<EditList> = fc
      .record({
        title: words,
        form: fc.constantFrom(
          { rate: frameRates["24"], counting: "non-drop" as const },
          { rate: frameRates["23.976"], counting: "non-drop" as const },
          { rate: frameRates["25"], counting: "non-drop" as const },
          { rate: frameRates["29.97"], counting: "drop" as const },
          { rate: frameRates["29.97"], counting: "non-drop" as const },
          { rate: frameRates["59.94"], counting: "drop" as const },
        ),
        events: fc.array(event, { minLength: 1, maxLength: 6 }),
      })
      .map(({ title, form, events }) => ({ title, ...form, events }));
    fc.assert(
      fc.property(list, (made) => {
        expect(parseEdl(formatEdl(made), made.rate)).toEqual(made);
      }),
    );
  });
});
