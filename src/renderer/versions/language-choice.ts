// Languages to choose from when a version is added: those that are dubbed into most, by their names in the reader's language.
import { languageName } from "../i18n/languages.ts";

const tags = [
  "ar",
  "bg",
  "ca",
  "cs",
  "da",
  "de",
  "el",
  "en",
  "es-419",
  "es-ES",
  "et",
  "fi",
  "fil",
  "fr-CA",
  "fr-FR",
  "he",
  "hi",
  "hr",
  "hu",
  "id",
  "it",
  "ja",
  "ko",
  "lt",
  "lv",
  "ms",
  "nb",
  "nl",
  "pl",
  "pt-BR",
  "pt-PT",
  "ro",
  "ru",
  "sk",
  "sl",
  "sr",
  "sv",
  "ta",
  "te",
  "th",
  "tr",
  "uk",
  "vi",
  "yue",
  "zh-Hans",
  "zh-Hant",
] as const;

export type LanguageChoice = { readonly tag: string; readonly name: string };

export const languageChoices = (inLanguage: string): readonly LanguageChoice[] =>
  tags
    .map((tag) => ({ tag, name: languageName(tag, inLanguage) }))
    .toSorted((left, right) => left.name.localeCompare(right.name, inLanguage));

/** The tag that a person means: by a name of the list, or typed as a tag; undefined when it is neither. */
export function languageMeant(text: string, inLanguage: string): string | undefined {
  const typed = text.trim();
  const folded = typed.toLocaleLowerCase(inLanguage);
  const named = languageChoices(inLanguage).find(({ name }) => name.toLocaleLowerCase(inLanguage) === folded);
  if (named) return named.tag;
  const isTag = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(typed);
  return isTag && languageName(typed, inLanguage) !== typed ? typed : undefined;
}
