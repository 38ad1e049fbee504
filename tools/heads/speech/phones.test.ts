// Every name a synthesizer gives a sound has its place in the one list of phones.
import { describe, expect, test } from "vitest";
import { visemes } from "../motion/visemes.ts";
import { phones, phonesOf, timed } from "./phones.ts";

describe("phones", () => {
  test("a vowel that glides is two phones, in every set", () => {
    expect(phonesOf("ay", "arpabet")).toEqual(["a", "i"]);
    expect(phonesOf("aɪ", "ipa")).toEqual(["a", "i"]);
  });

  test("length, stress and breath marks say nothing of the lips", () => {
    expect(phonesOf("iː", "ipa")).toEqual(["i"]);
    expect(phonesOf("a1", "sampa")).toEqual(["a"]);
    expect(phonesOf("tʰ", "ipa")).toEqual(["t"]);
    expect(phonesOf("bh", "hindi")).toEqual(["b"]);
    expect(phonesOf("ɐ̃", "ipa")).toEqual(["ax"]);
  });

  test("an affricate is one phone and a doubled Russian letter is a soft one", () => {
    expect(phonesOf("tʃ", "ipa")).toEqual(["ch"]);
    expect(phonesOf("nn", "russian")).toEqual(["n"]);
  });

  test("a mark of language is no sound, an empty name is silence", () => {
    expect(phonesOf("(en)", "ipa")).toEqual([]);
    expect(phonesOf("", "ipa")).toEqual(["sil"]);
  });

  test("a name no table has is an error that names it", () => {
    expect(() => phonesOf("qq", "arpabet")).toThrow('"qq"');
  });

  test("a glide shares its interval without a gap", () => {
    const [first, second] = timed(["a", "u"], 1, 2);
    expect(first?.fromSeconds).toBe(1);
    expect(first?.toSeconds).toBe(second?.fromSeconds);
    expect(second?.toSeconds).toBe(2);
  });

  test("every phone has a mouth", () => {
    expect(phones.filter((phone) => visemes[phone] === undefined)).toEqual([]);
  });
});
