// Colours are matched where both pictures show the same thing, and left alone where they do not.
import { describe, expect, test } from "vitest";
import { randomFrom } from "../base/index.ts";
import { blendMask } from "./blend-mask.ts";
import { applyColour, fitColour } from "./colour-match.ts";

const sizePx = 96;
const facePx = sizePx * sizePx;
const mask = blendMask(sizePx, 0.05);

/** Skin with features and grain, three channels of codes at 8 bit. */
function skin(seed: number): Float32Array {
  const random = randomFrom(seed);
  return Float32Array.from({ length: 3 * facePx }, (_, at) => {
    const [x, y] = [at % sizePx, Math.floor(at / sizePx) % sizePx];
    return 120 + 30 * Math.sin(x / 11) * Math.cos(y / 9) + 3 * (random.uniform() - 0.5);
  });
}

const difference = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, at) => sum + Math.abs(value - (b[at] ?? 0)), 0) / a.length;

/** What a network might do: less contrast, darker, and light from the left. */
const changed = (own: Float32Array): Float32Array =>
  own.map((value, at) => 0.92 * (value - 110) + 104 + (5 * (at % sizePx)) / sizePx);

describe("matching colours", () => {
  test("takes back a change of level, contrast and slope of light to half a code, over the whole face", () => {
    const own = skin(1);
    const fresh = changed(own);
    expect(difference(fresh, own)).toBeGreaterThan(3);
    applyColour(fresh, sizePx, fitColour({ fresh, own, sizePx, depthBits: 8 }, mask));
    expect(difference(fresh, own)).toBeLessThan(0.5);
  });

  test("is not swayed by a fifth of the edge showing something else", () => {
    const own = skin(2);
    const fresh = changed(own);
    const strand = own.map((value, at) => (at % sizePx < sizePx / 8 ? 20 : value));
    applyColour(fresh, sizePx, fitColour({ fresh, own: strand, sizePx, depthBits: 8 }, mask));
    expect(difference(fresh, own)).toBeLessThan(1);
  });

  test("leaves a face alone that has nothing in common with its surroundings, or no fading edge", () => {
    const random = randomFrom(5);
    const [own, other] = [skin(3), Float32Array.from({ length: 3 * facePx }, () => 255 * random.uniform())];
    const none = { gainRatio: 1, level: 0, across: 0, down: 0 };
    for (const { gainRatio, level } of fitColour({ fresh: own, own: other, sizePx, depthBits: 8 }, mask)) {
      expect(gainRatio).toBeCloseTo(1, 5);
      expect(level).toBeCloseTo(0, 5);
    }
    const hard = blendMask(8, 0);
    const whole = { ...hard, values: hard.values.map(() => 1) };
    expect(fitColour({ fresh: own, own: other, sizePx, depthBits: 8 }, whole)).toEqual([none, none, none]);
  });

  test("measures in the frame's codes: the same fit at 8 and at 10 bit", () => {
    const own = skin(4);
    const fits = [8, 10].map((depthBits) => {
      const unit = 2 ** (depthBits - 8);
      const codes = { fresh: changed(own).map((value) => unit * value), own: own.map((value) => unit * value) };
      return fitColour({ ...codes, sizePx, depthBits }, mask)[0];
    });
    expect(fits[1]?.gainRatio).toBeCloseTo(fits[0]?.gainRatio ?? NaN, 3);
    expect((fits[1]?.level ?? NaN) / 4).toBeCloseTo(fits[0]?.level ?? NaN, 1);
  });
});
