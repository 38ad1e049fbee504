// Every string is there in every language, and every string is used.
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { en } from "./en.ts";
import { languageName, nearestLanguage } from "./languages.ts";
import { pseudoText } from "./pseudo.ts";
import { zhHans } from "./zh-hans.ts";

const rendererFolder = path.resolve(import.meta.dirname, "..");

const keysOf = (translation: object): readonly string[] =>
  Object.entries(translation).flatMap(([section, strings]) =>
    Object.keys(strings as object).map((key) => `${section}.${key}`),
  );

const withoutPlural = (key: string): string => key.replace(/_(?:one|other)$/, "");
const unique = (keys: readonly string[]): readonly string[] => [...new Set(keys.map(withoutPlural))].toSorted();

const placeholders = (text: string): readonly string[] => (text.match(/\{\{[^}]+\}\}/g) ?? []).toSorted();

test("every language has the same strings", () => {
  expect(unique(keysOf(zhHans))).toEqual(unique(keysOf(en)));
});

test("a string takes the same values in every language", () => {
  const chinese = new Map(
    Object.entries(zhHans).flatMap(([section, strings]) =>
      Object.entries(strings).map(([key, text]) => [`${section}.${key}`, text] as const),
    ),
  );
  for (const [section, strings] of Object.entries(en))
    for (const [key, text] of Object.entries(strings)) {
      if (key.endsWith("_one")) continue;
      expect(placeholders(chinese.get(`${section}.${key}`) ?? ""), `${section}.${key}`).toEqual(placeholders(text));
    }
});

test("every string is used by the interface, and every used one is there", () => {
  const source = globSync("**/*.{ts,tsx}", { cwd: rendererFolder })
    .filter((file) => !file.startsWith("i18n") && !file.includes(".test."))
    .map((file) => readFileSync(path.join(rendererFolder, file), "utf8"))
    .join("\n");
  const sections = Object.keys(en).join("|");
  const pattern = new RegExp(`["'\`]((?:${sections})\\.[a-z][A-Za-z0-9]*)["'\`]`, "g");
  const used = new Set([...source.matchAll(pattern)].map(([, key]) => key ?? ""));
  const known = unique(keysOf(en));
  expect(
    known.filter((key) => !used.has(key)),
    "unused",
  ).toEqual([]);
  const called = [...source.matchAll(/\bt\("([^"]+)"/g)].map(([, key]) => key ?? "");
  expect(
    called.filter((key) => !known.includes(key)),
    "missing",
  ).toEqual([]);
});

test("no string stands in a component outside the translations", () => {
  const offenders = globSync("**/*.tsx", { cwd: rendererFolder }).flatMap((file) => {
    const text = readFileSync(path.join(rendererFolder, file), "utf8");
    const literal = /(?:aria-label|title|placeholder|label)="[^"]*[A-Za-z]{2}[^"]*"|>\s*[A-Z][a-z]+[^<>{}=;()]*<\//g;
    return (text.match(literal) ?? []).map((found) => `${file}: ${found}`);
  });
  expect(offenders).toEqual([]);
});

test("a language is named in the reader's language, whichever code a file writes", () => {
  expect(["ger", "deu", "de"].map((tag) => languageName(tag, "en"))).toEqual(["German", "German", "German"]);
  expect(languageName("pt-BR", "zh-Hans")).toContain("葡萄牙");
  expect(languageName("not a tag", "en")).toBe("not a tag");
});

test("the interface starts in the language that is asked for, else in English", () => {
  expect(nearestLanguage(["zh-CN", "en"])).toBe("zh-Hans");
  expect(nearestLanguage(["fi", "en-GB"])).toBe("en");
  expect(nearestLanguage(["fi"])).toBe("en");
});

test("the pseudo-language keeps the values of a string and makes it longer", () => {
  expect(pseudoText("Undo: {{step}}")).toContain("{{step}}");
  expect(pseudoText("Save").length).toBeGreaterThan("Save".length * 1.3);
});
