// What lenses and sensors add to a clean picture: a little blur, a little grain.
import type { Random } from "../../../src/core/base/index.ts";

export type Flaws = {
  /** Standard deviation of the blur. */
  readonly blurPx: number;
  /** Standard deviation of the grain, in steps of 8 bit. */
  readonly grain: number;
};

export function addFlaws(
  picture: Uint8Array,
  { widthPx, heightPx }: { readonly widthPx: number; readonly heightPx: number },
  { flaws, random }: { readonly flaws: Flaws; readonly random: Random },
): void {
  if (flaws.blurPx > 0.05) blur(picture, widthPx, heightPx, flaws.blurPx);
  if (flaws.grain > 0) addGrain(picture, flaws.grain, random);
}

function blur(picture: Uint8Array, widthPx: number, heightPx: number, blurPx: number): void {
  const reach = Math.max(1, Math.ceil(2.5 * blurPx));
  const weights = Array.from({ length: 2 * reach + 1 }, (_, tap) => Math.exp(-(((tap - reach) / blurPx) ** 2) / 2));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const pass = (source: Uint8Array, count: number, step: number, lineOf: (place: number) => number): Uint8Array => {
    const result = new Uint8Array(source.length);
    for (let at = 0; at < source.length; at++) {
      const place = lineOf(at);
      let value = 0;
      for (let tap = -reach; tap <= reach; tap++) {
        const inside = Math.min(count - 1, Math.max(0, place + tap)) - place;
        value += (weights[tap + reach] ?? 0) * (source[at + inside * step] ?? 0);
      }
      result[at] = Math.round(value / sum);
    }
    return result;
  };
  const across = pass(picture, widthPx, 3, (at) => Math.floor(at / 3) % widthPx);
  picture.set(pass(across, heightPx, widthPx * 3, (at) => Math.floor(at / (widthPx * 3))));
}

/** Sum of three uniforms: near enough to a Gaussian for grain. */
function addGrain(picture: Uint8Array, grain: number, random: Random): void {
  for (let at = 0; at < picture.length; at += 3) {
    const bits = random.uint32();
    const common = ((bits & 1023) + ((bits >>> 10) & 1023) + ((bits >>> 20) & 1023) - 1534.5) / 512;
    for (let channel = 0; channel < 3; channel++) {
      const own = ((Math.imul(bits, 0x9e3779b1 + channel * 2) >>> 16) / 65536 - 0.5) * 1.2;
      const value = (picture[at + channel] ?? 0) + grain * (0.8 * common + own);
      picture[at + channel] = Math.max(0, Math.min(255, Math.round(value)));
    }
  }
}
