// The languages of the interface, and the names of any language in any other.

export const interfaceLanguages = ["en", "zh-Hans"] as const;
export type InterfaceLanguage = (typeof interfaceLanguages)[number];

/** The interface language nearest to what a browser or system asks for. */
export function nearestLanguage(wanted: readonly string[]): InterfaceLanguage {
  for (const tag of wanted) {
    if (/^zh\b/i.test(tag)) return "zh-Hans";
    if (/^en\b/i.test(tag)) return "en";
  }
  return "en";
}

/**
 * The name of a language as `inLanguage` calls it: "ger", "deu" and "de" are "German". Files write three-letter codes;
 * what is no language is given back as it stands.
 */
export function languageName(tag: string, inLanguage: string): string {
  try {
    const [canonical = tag] = Intl.getCanonicalLocales(tag);
    return new Intl.DisplayNames([inLanguage], { type: "language" }).of(canonical) ?? tag;
  } catch (error) {
    if (error instanceof RangeError) return tag;
    throw error;
  }
}
