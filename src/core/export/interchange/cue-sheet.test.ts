// Cue sheets: columns are found under the names people use, a bad row does not hold up the others, formulas are defused.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { frameRates, timecodeBaseFrom } from "../../../shared/time/index.ts";
import { guessColumns, readCueSheet, writeCueSheet } from "./cue-sheet.ts";

const base = timecodeBaseFrom("01:00:00:00", frameRates["25"]);

describe("readCueSheet", () => {
  test("finds its columns under the names of several programs", () => {
    expect(guessColumns(["Cue No.", "Character", "TC In", "TC Out", "Original Line", "Translated Line"])).toEqual({
      cueName: 0,
      characterName: 1,
      in: 2,
      out: 3,
      originalText: 4,
      translatedText: 5,
    });
    expect(guessColumns(["角色", "入点", "出点", "译文"])).toEqual({
      characterName: 0,
      in: 1,
      out: 2,
      translatedText: 3,
    });
  });

  test("reads semicolons, quoted line breaks, labels, clocks and seconds", () => {
    const text = 'Role;Start;End;Text\nANNA;01:00:02:00;01:00:03:00;"Hallo,\nWelt"\nBEN;00:00:05.000;6.2;Ja\n';
    const { lines, problems } = readCueSheet(text, base);
    expect(problems).toEqual([]);
    expect(lines[0]).toMatchObject({
      characterName: "ANNA",
      range: { startFrame: 50, durationFrames: 25 },
      translatedText: "Hallo,\nWelt",
    });
    expect(lines[1]).toMatchObject({ range: { startFrame: 125, durationFrames: 30 } });
  });

  test("a row that cannot be read is told and does not hold up the others", () => {
    const { lines, problems } = readCueSheet("In,Out,Text\nnoon,01:00:02:00,x\n01:00:01:00,01:00:02:00,y\n", base);
    expect(lines).toHaveLength(1);
    expect(problems).toEqual([{ row: 2, message: expect.stringContaining("noon") as string }]);
  });

  test("a column can be said where its name tells nothing", () => {
    const text = "a,b\n01:00:01:00,hello\n";
    expect(() => readCueSheet(text, base)).toThrow("where a cue begins");
    expect(readCueSheet(text, base, { in: 0, translatedText: 1 }).lines[0]?.translatedText).toBe("hello");
  });

  test("what is no table is refused", () => {
    expect(() => readCueSheet("", base)).toThrow("header");
  });
});

describe("writeCueSheet", () => {
  test("what is written reads back the same", () => {
    const text = fc.stringMatching(/^[A-Za-z0-9äß你,;"' ]{0,20}$/u).map((value) => value.trim());
    const line = fc.record({
      cueName: text,
      characterName: text,
      range: fc.record({ startFrame: fc.nat(100_000), durationFrames: fc.integer({ min: 1, max: 500 }) }),
      originalText: text,
      translatedText: text,
      note: text,
      take: text,
      status: text,
    });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 5 }), (lines) => {
        expect(readCueSheet(writeCueSheet(lines, base), base).lines).toEqual(lines);
      }),
    );
  });

  test("a cell that a spreadsheet would calculate is written as text", () => {
    const range = { startFrame: 0, durationFrames: 1 };
    const written = writeCueSheet(
      [
        {
          cueName: "=1+1",
          characterName: "@x",
          range,
          originalText: "",
          translatedText: "",
          note: "",
          take: "",
          status: "",
        },
      ],
      base,
    );
    expect(written).not.toMatch(/(?:^|,)[=@]/mu);
  });
});
