// One list of phones for all synthesizers and languages, and how each one's own names map to it.

export const phones = [
  "sil",
  ..."p b m f v th dh t d n s z ts l r sh zh ch jh k g ng h x j w ny".split(" "),
  ..."i ih e eh ae a ah ax ao o u uh er y oe".split(" "),
] as const;

/** A name of `phones`. A diphthong is two of them. */
export type Phone = string;

export type TimedPhone = { readonly phone: Phone; readonly fromSeconds: number; readonly toSeconds: number };

export type PhoneSet = "arpabet" | "ipa" | "sampa" | "czech" | "russian" | "hindi";

const known = new Set<string>(phones);

/** CMU's set in lower case: flite and festival's English and Hindi. A vowel that glides is two phones. */
const arpabet: Readonly<Record<string, string>> = {
  pau: "sil",
  aa: "a",
  aw: "a u",
  ay: "a i",
  ey: "e i",
  ow: "o u",
  oy: "ao i",
  iy: "i",
  uw: "u",
  axr: "er",
  hh: "h",
  y: "j",
  dx: "d",
  el: "ax l",
  em: "ax m",
  en: "ax n",
};

/** Festival's Italian, Finnish and Catalan: SAMPA without stress digits and length marks. */
const sampa: Readonly<Record<string, string>> = {
  "#": "sil",
  "##": "sil",
  pau: "sil",
  _: "sil",
  E: "eh",
  O: "ao",
  J: "ny",
  L: "l j",
  S: "sh",
  Z: "zh",
  dZ: "jh",
  tS: "ch",
  dz: "z",
  N: "ng",
  "@": "ax",
  "{": "ae",
  "2": "oe",
  rr: "r",
  B: "b",
  D: "dh",
  G: "g",
  A: "a",
  T: "th",
};

const czech: Readonly<Record<string, string>> = {
  ...sampa,
  ch: "x",
  c: "ts",
  "c~": "ch",
  "s~": "sh",
  "z~": "zh",
  "r~": "zh",
  "n~": "ny",
  "d~": "d j",
  "t~": "t j",
  e: "eh",
};

const russian: Readonly<Record<string, string>> = {
  pau: "sil",
  h: "x",
  c: "ts",
  sch: "sh",
  y: "ih",
  yy: "ih",
  e: "eh",
  ay: "ax",
  ae: "eh",
  ur: "uh",
};

/** Breathed and retroflex stops look like the plain ones. */
const hindi: Readonly<Record<string, string>> = {
  ...arpabet,
  T: "t",
  D: "d",
  kh: "k",
  gh: "g",
  chh: "ch",
  jhh: "jh",
  tt: "t",
  tth: "t",
  dd: "d",
  ddh: "d",
  rr: "d",
  rrh: "d",
  th: "t",
  thh: "t",
  dh: "d",
  dhh: "d",
  ph: "f",
  bh: "b",
  nn: "n",
  oh: "o",
  ii: "i",
  uu: "u",
  ee: "e",
  oo: "o",
};

/** Longest first. Length, stress, palatal and nasal marks say nothing of the lips and are dropped beforehand. */
const ipa: Readonly<Record<string, string>> = {
  əʊ: "ax u",
  oʊ: "o u",
  ʌʊ: "ah u",
  ɛʊ: "eh u",
  aʊ: "a u",
  aɪ: "a i",
  eɪ: "e i",
  ɔɪ: "ao i",
  oɪ: "o i",
  tʃ: "ch",
  dʒ: "jh",
  ts: "ts",
  əl: "ax l",
  ŋ: "ng",
  ɛ: "eh",
  ʃ: "sh",
  ʒ: "zh",
  ɪ: "ih",
  ᵻ: "ih",
  ʝ: "j",
  ɡ: "g",
  ɲ: "ny",
  θ: "th",
  ð: "dh",
  ə: "ax",
  ɐ: "ax",
  ɔ: "ao",
  ɒ: "ao",
  ɑ: "a",
  æ: "ae",
  ʌ: "ah",
  ɜ: "er",
  ɚ: "er",
  ʊ: "uh",
  ɵ: "oe",
  ø: "oe",
  œ: "oe",
  ɶ: "oe",
  ç: "x",
  χ: "x",
  ɣ: "g",
  β: "b",
  ʋ: "v",
  ʉ: "u",
  ɯ: "ih",
  ɨ: "ih",
  ɘ: "ax",
  ɤ: "ao",
  ɫ: "l",
  ʎ: "l j",
  ɟ: "d",
  c: "t",
  ɾ: "d",
  ɹ: "r",
  ɻ: "r",
  ʁ: "x",
  ʀ: "x",
  ɕ: "sh",
  ʑ: "zh",
  ʂ: "sh",
  ʐ: "zh",
  ɭ: "l",
  ɳ: "n",
  ʈ: "t",
  ɖ: "d",
  ɽ: "d",
  ɱ: "m",
  ɥ: "w",
  ʍ: "w",
  q: "k",
  ʔ: "",
  ɦ: "h",
  ħ: "h",
};

const tables: Readonly<Record<Exclude<PhoneSet, "ipa">, Readonly<Record<string, string>>>> = {
  arpabet,
  sampa,
  czech,
  russian,
  hindi,
};

/** The phones a synthesizer's name stands for; empty for a mark without sound. Throws at a name no table has. */
export function phonesOf(name: string, set: PhoneSet): readonly Phone[] {
  if (set === "ipa") return phonesOfIpa(name);
  const bare = name.replace(/[0-9:]+$/u, "") || name;
  const mapped = tables[set][name] ?? tables[set][bare] ?? halved(bare, set);
  return checked(mapped, name, set);
}

/** Russian and long sounds of others double a letter: "nn" is a soft n, "aa" a stressed a. */
const halved = (name: string, set: PhoneSet): string =>
  set === "russian" && /^(.)\1$/u.test(name) ? (russian[name.slice(1)] ?? name.slice(1)) : name;

function checked(mapped: string, name: string, set: PhoneSet): readonly Phone[] {
  const found = mapped.split(" ").filter((phone) => phone !== "");
  const strange = found.find((phone) => !known.has(phone));
  if (strange !== undefined) throw new Error(`the ${set} phone "${name}" has no place in the list of phones`);
  return found;
}

const silentMarks = /[\u0300-\u036fːˑˈˌʲʰʷ˞:-]|\(.*\)/gu;

function phonesOfIpa(name: string): readonly Phone[] {
  let rest = name.normalize("NFD").replace(silentMarks, "").replace("ç", "ç");
  if (name === "") return ["sil"];
  const found: Phone[] = [];
  while (rest !== "") {
    const match = [2, 1].map((length) => rest.slice(0, length)).find((part) => part in ipa || known.has(part));
    if (match === undefined) throw new Error(`the IPA phone "${name}" has no place in the list of phones`);
    found.push(...checked(ipa[match] ?? match, name, "ipa"));
    rest = rest.slice(match.length);
  }
  return found;
}

/** A glide turns in its second half: the first phone keeps this part of the time. */
const firstPartRatio = 0.55;

/** The phones of an interval, one after the other. */
export function timed(found: readonly Phone[], fromSeconds: number, toSeconds: number): readonly TimedPhone[] {
  const [first, second] = found;
  if (first === undefined) return [];
  if (second === undefined) return [{ phone: first, fromSeconds, toSeconds }];
  const turnSeconds = fromSeconds + firstPartRatio * (toSeconds - fromSeconds);
  return [
    { phone: first, fromSeconds, toSeconds: turnSeconds },
    { phone: second, fromSeconds: turnSeconds, toSeconds },
  ];
}
