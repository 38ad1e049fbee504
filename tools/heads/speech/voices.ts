// The voices of the system's speech synthesizers that tell when each phone sounds, and in which split each one stands.
import type { PhoneSet } from "./phones.ts";
import type { Language } from "./sentences.ts";

export type Voice = {
  readonly name: string;
  readonly synthesizer: "flite" | "festival" | "espeak-ng";
  /** What the synthesizer calls it. */
  readonly id: string;
  readonly language: Language;
  readonly phoneSet: PhoneSet;
  readonly split: "train" | "validation" | "test";
};

const flite = (id: string, split: Voice["split"]): Voice => ({
  name: `flite-${id}`,
  synthesizer: "flite",
  id,
  language: "en",
  phoneSet: "arpabet",
  split,
});

const festival = (id: string, language: Language, phoneSet: PhoneSet, split: Voice["split"]): Voice => ({
  name: `festival-${id}`,
  synthesizer: "festival",
  id,
  language,
  phoneSet,
  split,
});

const espeak = (id: string, language: Language, split: Voice["split"]): Voice => ({
  name: `espeak-${id}`,
  synthesizer: "espeak-ng",
  id,
  language,
  phoneSet: "ipa",
  split,
});

/**
 * Recorded speakers first; espeak-ng's formant voices add timbres and languages. No test voice, nor its speaker under
 * another synthesizer (slt is in flite and in festival), is heard in training.
 */
export const voices: readonly Voice[] = [
  flite("slt", "train"),
  flite("awb", "train"),
  flite("kal16", "train"),
  flite("rms", "test"),
  festival("kal_diphone", "en", "arpabet", "train"),
  festival("ked_diphone", "en", "arpabet", "train"),
  festival("cmu_us_slt_arctic_hts", "en", "arpabet", "train"),
  festival("lp_diphone", "it", "sampa", "train"),
  festival("pc_diphone", "it", "sampa", "test"),
  festival("suo_fi_lj_diphone", "fi", "sampa", "train"),
  festival("hy_fi_mv_diphone", "fi", "sampa", "validation"),
  festival("czech_dita", "cs", "czech", "train"),
  festival("czech_machac", "cs", "czech", "train"),
  festival("czech_ph", "cs", "czech", "train"),
  festival("czech_krb", "cs", "czech", "test"),
  festival("upc_ca_ona_hts", "ca", "sampa", "train"),
  festival("msu_ru_nsh_clunits", "ru", "russian", "train"),
  festival("hindi_NSK_diphone", "hi", "hindi", "train"),
  ...["m1", "m2", "m3", "m4", "m6", "f1", "f3", "f4", "klatt", "klatt3"].map((variant) =>
    espeak(`en-us+${variant}`, "en", "train"),
  ),
  espeak("en-gb-scotland", "en", "train"),
  espeak("en-gb-x-rp", "en", "train"),
  espeak("en-us+m5", "en", "validation"),
  espeak("en-us+f5", "en", "validation"),
  espeak("en-us+f2", "en", "test"),
  espeak("en-us+m7", "en", "test"),
  ...(["de", "fr", "es", "it", "pt-br", "pl", "nl", "sv", "cs", "fi"] as const).flatMap((language) => [
    espeak(`${language}+m3`, language, "train"),
    espeak(`${language}+f4`, language, "train"),
  ]),
  espeak("de+m7", "de", "test"),
  espeak("es+f2", "es", "test"),
];

export const voicesOf = (split: Voice["split"]): readonly Voice[] => voices.filter((voice) => voice.split === split);
