// The mouth follows the phones: closures close, vowels open, and nothing jumps.
import { describe, expect, test } from "vitest";
import type { TimedPhone } from "../speech/phones.ts";
import { mouthAt } from "./mouth-track.ts";

const manner = { gain: 1, leadSeconds: 0, loudnessAt: () => 1 };

/** Phones of 90 ms each, one after the other, after 0.3 s of silence. */
function said(...phones: readonly string[]): readonly TimedPhone[] {
  const spoken = phones.map((phone, index) => ({
    phone,
    fromSeconds: 0.3 + index * 0.09,
    toSeconds: 0.39 + index * 0.09,
  }));
  const end = 0.3 + phones.length * 0.09;
  return [
    { phone: "sil", fromSeconds: 0, toSeconds: 0.3 },
    ...spoken,
    { phone: "sil", fromSeconds: end, toSeconds: end + 0.5 },
  ];
}

const jawAt = (phones: readonly TimedPhone[], seconds: number) =>
  mouthAt(phones, seconds, manner).weights["jawOpen"] ?? 0;

describe("mouth track", () => {
  test("the lips are shut in the middle of a p between open vowels", () => {
    const phones = said("a", "p", "a");
    expect(jawAt(phones, 0.3 + 0.135)).toBe(0);
    expect(jawAt(phones, 0.3 + 0.045)).toBeGreaterThan(0.15);
    expect(jawAt(phones, 0.3 + 0.225)).toBeGreaterThan(0.15);
  });

  test("a frame at 25 per second that falls into a closure sees it shut, wherever it falls", () => {
    const phones = said("a", "m", "a");
    const jaws = [0, 0.01, 0.02, 0.03].map((offSeconds) => {
      const frames = Array.from({ length: 25 }, (_, frame) => jawAt(phones, offSeconds + (frame + 0.5) / 25));
      return Math.min(...frames.slice(8, 12));
    });
    expect(Math.max(...jaws)).toBeLessThan(0.02);
  });

  test("in silence the mouth rests", () => {
    expect(jawAt(said("a"), 0.02)).toBeLessThan(0.01);
  });

  test("between two moments 2 ms apart the jaw moves less than a tenth", () => {
    const phones = said("p", "a", "b", "o", "sh", "i", "m", "ae");
    const jaws = Array.from({ length: 500 }, (_, step) => jawAt(phones, step * 0.002));
    const jumps = jaws.slice(1).map((jaw, index) => Math.abs(jaw - (jaws[index] ?? 0)));
    expect(Math.max(...jumps)).toBeLessThan(0.1);
    expect(Math.max(...jumps)).toBeGreaterThan(0);
  });

  test("a speaker who leads by 20 ms shows a moment's mouth 20 ms before it sounds", () => {
    const phones = said("p", "a", "b");
    const early = mouthAt(phones, 0.42, { ...manner, leadSeconds: 0.02 });
    expect(early.weights).toEqual(mouthAt(phones, 0.44, manner).weights);
  });
});
