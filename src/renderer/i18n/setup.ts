// Starts i18next with our languages; strings are in the build, so that no page ever waits for them.
import i18next from "i18next";
import type { i18n } from "i18next";
import { initReactI18next } from "react-i18next";
import { en } from "./en.ts";
import { pseudoTranslation } from "./pseudo.ts";
import { zhHans } from "./zh-hans.ts";

/** `en-XA` is the pseudo-language; it is reached by its tag only and stands in no menu. */
export async function startI18n(language: string): Promise<i18n> {
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: "en",
    resources: {
      en: { translation: en },
      "zh-Hans": { translation: zhHans },
      "en-XA": { translation: pseudoTranslation(en) },
    },
    // Only exact tags: there are no files to look for.
    load: "currentOnly",
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  return i18next;
}
