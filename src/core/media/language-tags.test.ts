// Language tags as containers hold them.
import { expect, test } from "vitest";
import { languageName, quickTimeLanguage, threeLetterLanguage } from "./language-tags.ts";

test.for([
  ["pt-BR", "por"],
  ["de", "deu"],
  ["zh-Hans-CN", "zho"],
  ["yue-HK", "yue"],
  ["fil", "fil"],
  ["x-own", "und"],
] as const)("%s is %s in a movie's three letters", ([tag, code]) => {
  expect(threeLetterLanguage(tag)).toBe(code);
});

test.for([
  ["de-AT", "ger"],
  ["pt-BR", "por"],
  ["zh-Hant", "chi"],
  ["hr", undefined],
] as const)("%s is %s in QuickTime's list", ([tag, code]) => {
  expect(quickTimeLanguage(tag)).toBe(code);
});

test("a language is shown by its name", () => {
  expect(languageName("pt-BR")).toBe("Brazilian Portuguese");
  expect(languageName("de")).toBe("German");
});
