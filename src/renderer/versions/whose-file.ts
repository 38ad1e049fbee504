// Whose dialogue a file holds, as its name says it: "R1_ANNA_de.wav" is Anna's.
import type { Character } from "../../shared/project/index.ts";

const fold = (text: string): string =>
  text
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLocaleLowerCase("en")
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim();

/** The character with the longest name that stands in the file's name as whole words; undefined when none does. */
export function whoseFile(fileName: string, characters: readonly Character[]): Character | undefined {
  const words = ` ${fold(fileName.replace(/\.[^.]+$/, ""))} `;
  return characters
    .filter(({ name }) => fold(name) !== "" && words.includes(` ${fold(name)} `))
    .toSorted((left, right) => right.name.length - left.name.length)[0];
}
