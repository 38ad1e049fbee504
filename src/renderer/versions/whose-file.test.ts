// Whose dialogue a file holds.
import { expect, test } from "vitest";
import type { Character, RecordId } from "../../shared/project/index.ts";
import { whoseFile } from "./whose-file.ts";

const character = (name: string, at: number): Character => ({
  type: "character",
  id: `character:${at}` as RecordId<"character">,
  name,
  order: at,
  hueDegrees: 0,
  consent: null,
});
const cast = ["Anna", "Anna Maria", "Zoë", "林"].map(character);
const of = (fileName: string) => whoseFile(fileName, cast)?.name;

test("a character's name in a file's name says whose dialogue it is, in any case and with any mark between words", () => {
  expect(of("R1_ANNA_de.wav")).toBe("Anna");
  expect(of("r1-anna-maria.wav")).toBe("Anna Maria");
  expect(of("Zoe (loop 3).wav")).toBe("Zoë");
  expect(of("第一本 林.wav")).toBe("林");
});

test("part of a word is no name", () => {
  expect(of("Hannah.wav")).toBeUndefined();
  expect(of("mix.wav")).toBeUndefined();
});
