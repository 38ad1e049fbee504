// Which language a person means by what is typed.
import { expect, test } from "vitest";
import { languageChoices, languageMeant } from "./language-choice.ts";

test("a language is meant by its name in the reader's language, or by its tag", () => {
  expect(languageMeant("german", "en")).toBe("de");
  expect(languageMeant(" 德语 ", "zh-Hans")).toBe("de");
  expect(languageMeant("pt-BR", "en")).toBe("pt-BR");
  expect(languageMeant("is", "en")).toBe("is");
});

test("what is no language is not taken for one", () => {
  for (const text of ["", "no such language", "x", "qq"]) expect(languageMeant(text, "en"), text).toBeUndefined();
});

test("every language of the list has a name, and they stand in the reader's order", () => {
  const names = languageChoices("en").map(({ name }) => name);
  expect(names.filter((name) => !/\s|[A-Z]/.test(name))).toEqual([]);
  expect(names).toEqual(names.toSorted((left, right) => left.localeCompare(right, "en")));
});
