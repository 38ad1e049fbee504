// A made-up language that shows what is not translated and what does not fit: accented, a third longer, in brackets.
import type { Translation } from "./translation.ts";

const accents: Readonly<Record<string, string>> = {
  a: "á",
  c: "ç",
  e: "é",
  i: "í",
  n: "ñ",
  o: "ö",
  s: "š",
  u: "ü",
  y: "ý",
  A: "Á",
  C: "Ç",
  E: "É",
  I: "Í",
  N: "Ñ",
  O: "Ö",
  S: "Š",
  U: "Ü",
};

/** "Undo: {{step}}" -> "[Üñdö: {{step}} ~~~~]"; what stands between double braces stays. */
export function pseudoText(text: string): string {
  const accented = text.replaceAll(/\{\{[^}]*\}\}|[a-zA-Z]/g, (part) => accents[part] ?? part);
  return `[${accented} ${"~".repeat(Math.ceil(text.length / 3))}]`;
}

export function pseudoTranslation(source: Translation): Translation {
  const sections = Object.entries(source).map(([section, strings]) => [
    section,
    Object.fromEntries(Object.entries(strings).map(([key, text]) => [key, pseudoText(text)])),
  ]);
  return Object.fromEntries(sections) as Translation;
}
