// How a person looks, drawn from a seed: skin, lips, hair, beard, eyes, clothes. Plain values; colours are linear RGB, 0..1.
import type { Random } from "../../../src/core/base/index.ts";
import { mix } from "./noise.ts";

export type Colour = readonly [red: number, green: number, blue: number];

export const hairStyles = ["bald", "cropped", "short", "medium", "long", "bun", "cap", "scarf"] as const;
export type HairStyle = (typeof hairStyles)[number];

export type Look = {
  /** Picks the noise fields of skin and hair. */
  readonly noiseSeed: number;
  readonly skin: Colour;
  /** How blotchy and reddened, 0..1. */
  readonly skinVariation: number;
  readonly frecklesRatio: number;
  readonly skinRoughness: number;
  readonly lips: Colour;
  readonly lipGloss: number;
  readonly hair: Colour;
  readonly hairStyle: HairStyle;
  readonly browDensity: number;
  /** 0 none, about 0.4 stubble, 1 a full beard. */
  readonly beardDensity: number;
  readonly iris: Colour;
  readonly teeth: Colour;
  readonly cloth: Colour;
  readonly eyeMakeUp: number;
};

const fromSrgb = (value: number): number =>
  value <= 0.04045 * 255 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;

export const linearColour = (red: number, green: number, blue: number): Colour => [
  fromSrgb(red),
  fromSrgb(green),
  fromSrgb(blue),
];

/** From very light to very dark, each in sRGB as seen in even light. */
const skinTones: readonly Colour[] = [
  linearColour(243, 214, 198),
  linearColour(234, 193, 170),
  linearColour(217, 166, 138),
  linearColour(190, 134, 104),
  linearColour(152, 101, 76),
  linearColour(112, 73, 56),
  linearColour(76, 50, 41),
];

const hairTones: readonly Colour[] = [
  linearColour(18, 15, 14),
  linearColour(38, 26, 20),
  linearColour(62, 41, 28),
  linearColour(98, 66, 40),
  linearColour(150, 112, 68),
  linearColour(190, 158, 108),
  linearColour(112, 48, 22),
  linearColour(150, 148, 146),
];

/** What people wear before a camera: greys, blues, earth, and now and then a strong colour. */
const clothTones: readonly Colour[] = [
  linearColour(28, 30, 34),
  linearColour(70, 72, 76),
  linearColour(196, 194, 188),
  linearColour(34, 48, 74),
  linearColour(88, 108, 132),
  linearColour(92, 74, 58),
  linearColour(66, 76, 58),
  linearColour(124, 44, 46),
  linearColour(150, 118, 86),
  linearColour(60, 92, 98),
];

const irisTones: readonly Colour[] = [
  linearColour(54, 34, 22),
  linearColour(84, 56, 32),
  linearColour(98, 88, 48),
  linearColour(84, 112, 96),
  linearColour(92, 122, 150),
];

/** The colour between two neighbours of a list, `ratio` 0..1 over the whole list. */
function toneAt(tones: readonly Colour[], ratio: number): Colour {
  const place = ratio * (tones.length - 1);
  const from = tones[Math.floor(place)] ?? [0, 0, 0];
  const to = tones[Math.min(tones.length - 1, Math.floor(place) + 1)] ?? from;
  const within = place - Math.floor(place);
  return [mix(from[0], to[0], within), mix(from[1], to[1], within), mix(from[2], to[2], within)];
}

const pick = <Item>(random: Random, items: readonly Item[]): Item => {
  const item = items[Math.floor(random.uniform() * items.length)];
  if (item === undefined) throw new Error("nothing to pick from");
  return item;
};

const times = ([red, green, blue]: Colour, [r, g, b]: Colour): Colour => [red * r, green * g, blue * b];

/** A look with everything chosen by `random`. */
export function drawLook(random: Random): Look {
  const between = (low: number, high: number) => mix(low, high, random.uniform());
  const chance = (ratio: number) => random.uniform() < ratio;
  const tone = random.uniform() ** 1.15;
  const skin = times(toneAt(skinTones, tone), [between(0.93, 1.07), between(0.95, 1.05), between(0.92, 1.08)]);
  const wearsBeard = chance(0.34);
  const wearsLipstick = !wearsBeard && chance(0.3);
  const naturalLips = times(skin, [mix(0.92, 0.86, tone), mix(0.56, 0.7, tone), mix(0.6, 0.75, tone)]);
  const isDark = tone > 0.55;
  return {
    noiseSeed: random.uint32(),
    skin,
    skinVariation: between(0.3, 1),
    frecklesRatio: chance(0.15) && tone < 0.5 ? between(0.3, 1) : 0,
    skinRoughness: between(0.46, 0.66),
    lips: wearsLipstick
      ? linearColour(between(120, 190), between(20, 80), between(35, 95))
      : times(naturalLips, [between(0.9, 1.1), between(0.85, 1.15), between(0.85, 1.15)]),
    lipGloss: wearsLipstick ? between(0.3, 1) : between(0, 0.5),
    hair: isDark && chance(0.85) ? toneAt(hairTones, between(0, 0.15)) : pick(random, hairTones),
    hairStyle: pick(random, wearsBeard ? (["bald", "cropped", "short", "medium", "cap"] as const) : hairStyles),
    browDensity: between(0.45, 1),
    beardDensity: wearsBeard ? between(0.2, 1) : 0,
    iris: isDark && chance(0.9) ? toneAt(irisTones, between(0, 0.2)) : toneAt(irisTones, random.uniform()),
    teeth: times(linearColour(208, 197, 174), [between(0.85, 1.05), between(0.82, 1.02), between(0.7, 1.02)]),
    cloth: pick(random, clothTones),
    eyeMakeUp: wearsLipstick ? between(0.2, 0.9) : chance(0.1) ? between(0.1, 0.4) : 0,
  };
}
