// A made face that talks, and things before its mouth: what the share of strange cells says, and when it says nothing.
import { describe, expect, test } from "vitest";
import { randomFrom } from "../../base/index.ts";
import type { FaceAnchors } from "../align-face.ts";
import type { HeadLook } from "../motion/head-motion.ts";
import { hiddenRatios, mouthLookOf } from "./mouth-look.ts";

const sizePx = 192;
const anchors: FaceAnchors = { leftBrow: { x: 62, y: 70 }, rightBrow: { x: 130, y: 70 }, nose: { x: 96, y: 104 } };

type Shown = { readonly openPx: number; readonly handFromY?: number; readonly light?: number };

/** Skin with brows, a nose's shadow and lips that open; a hand of four fingers may come up from below. */
function look({ openPx, handFromY = sizePx, light = 1 }: Shown, seed: number): HeadLook {
  const random = randomFrom(seed);
  const plane = sizePx * sizePx;
  const picture = new Float32Array(3 * plane);
  for (let pixel = 0; pixel < plane; pixel++) {
    const [x, y] = [pixel % sizePx, Math.floor(pixel / sizePx)];
    const colour = light * (0.98 + 0.04 * random.uniform());
    const isLip = Math.abs(x - 96) < 24 && Math.abs(y - 130) < 5 + openPx;
    const isInside = Math.abs(x - 96) < 18 && Math.abs(y - 130) < openPx;
    const isBrow = Math.abs(Math.abs(x - 96) - 34) < 20 && Math.abs(y - 70) < 4;
    const skin = isBrow
      ? [0.3, 0.2, 0.15]
      : isInside
        ? [0.15, 0.05, 0.05]
        : isLip
          ? [0.7, 0.35, 0.35]
          : [0.8, 0.6, 0.5];
    const shade = 1 - 0.25 * Math.abs(x - 96) * 0.01;
    const finger = 0.55 + 0.45 * Math.abs(Math.sin(x / 7));
    const seen = y >= handFromY ? [0.7 * finger, 0.5 * finger, 0.4 * finger] : skin.map((value) => shade * value);
    for (const [channel, value] of seen.entries()) picture[channel * plane + pixel] = colour * value;
  }
  return { picture, sizePx, pictureToFrame: [1, 0, 0, 0, 1, 0], anchors };
}

const talk = (frame: number): number => 6 + 6 * Math.sin(frame / 2);
const ratiosOf = (shown: readonly Shown[]): Float32Array =>
  hiddenRatios(shown.map((each, seed) => mouthLookOf(look(each, seed + 1))));

describe("the hidden share of a lower face", () => {
  test("is small while somebody talks, whatever the light does, and large behind a hand", () => {
    const shown = Array.from({ length: 40 }, (_, frame): Shown => ({
      openPx: talk(frame),
      light: 1 - 0.3 * (frame / 40),
      ...(frame >= 20 && frame < 30 ? { handFromY: 112 } : {}),
    }));
    for (const [frame, ratio] of ratiosOf(shown).entries())
      if (frame >= 20 && frame < 30) expect(ratio).toBeGreaterThan(0.4);
      else expect(ratio).toBeLessThan(0.15);
  });

  test("is not known in a track of a few frames, nor where nothing was read", () => {
    expect(ratiosOf(Array.from({ length: 5 }, (_, frame) => ({ openPx: talk(frame) }))).every(Number.isNaN)).toBe(true);
    const looks = Array.from({ length: 20 }, (_, frame) => mouthLookOf(look({ openPx: talk(frame) }, frame)));
    const ratios = hiddenRatios([...looks, undefined]);
    expect([Number.isNaN(ratios[20] ?? 0), Number.isNaN(ratios[19] ?? NaN)]).toEqual([true, false]);
    expect(mouthLookOf(look({ openPx: 0, light: 0 }, 1))).toBeUndefined();
  });
});
