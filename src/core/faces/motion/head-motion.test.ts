// Steps of a made face that moves by known amounts: found to a fraction of a pixel, told of where they cannot be found.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { randomFrom } from "../../base/index.ts";
import { applyAffine } from "../../models/index.ts";
import type { Affine } from "../../models/index.ts";
import { anchorCoordinates, pathOfAnchors } from "../mesh-anchors.ts";
import type { FaceAnchors } from "../align-face.ts";
import { smoothPath } from "../smooth-path.ts";
import { anchorStep, carriedPath } from "./carried-path.ts";
import { headPattern, headStep } from "./head-motion.ts";
import type { HeadPattern } from "./head-motion.ts";

const sizePx = 192;
/** A look covers 300 pixels of the frame. */
const pictureToFrame: Affine = [300 / sizePx, 0, 500, 0, 300 / sizePx, 200];
const atRest: FaceAnchors = {
  leftBrow: { x: 600, y: 300 },
  rightBrow: { x: 700, y: 300 },
  nose: { x: 650, y: 350 },
};

type Made = {
  readonly headToFrame: Affine;
  readonly seed?: number;
  readonly noiseRatio?: number;
  readonly texture?: number;
};

/** A head of soft blotches at `headToFrame` of its rest, under grain; the mesh sees the anchors where they are, give or take. */
function look({ headToFrame, seed = 1, noiseRatio = 0.01, texture = 1 }: Made): HeadPattern {
  const random = randomFrom(seed);
  const [a, b, c, d, e, f] = headToFrame;
  const determinant = a * e - b * d;
  const planePx = sizePx ** 2;
  const picture = new Float32Array(3 * planePx);
  for (let pixel = 0; pixel < planePx; pixel++) {
    const place = { x: (pixel % sizePx) + 0.5, y: Math.floor(pixel / sizePx) + 0.5 };
    const { x, y } = applyAffine(pictureToFrame, place);
    const u = (e * (x - c) - b * (y - f)) / determinant;
    const v = (a * (y - f) - d * (x - c)) / determinant;
    const light = 0.5 + 0.15 * Math.sin(texture * (u / 11 + v / 29)) + 0.15 * Math.cos(texture * (v / 9 - u / 37));
    for (let channel = 0; channel < 3; channel++)
      picture[channel * planePx + pixel] = light + noiseRatio * (random.uniform() - 0.5);
  }
  const seen = ({ x, y }: FaceAnchors["nose"]) => {
    const moved = applyAffine(headToFrame, { x, y });
    return { x: moved.x + 2 * (random.uniform() - 0.5), y: moved.y + 2 * (random.uniform() - 0.5) };
  };
  const { leftBrow, rightBrow, nose } = atRest;
  const anchors = { leftBrow: seen(leftBrow), rightBrow: seen(rightBrow), nose: seen(nose) };
  return headPattern({ picture, sizePx, pictureToFrame, anchors });
}

/** A turn and a growth about the middle of the face, then a shift. */
function headAt(shift: { readonly x: number; readonly y: number }, turn = 0, grow = 0): Affine {
  const [cos, sin] = [(1 + grow) * Math.cos(turn), (1 + grow) * Math.sin(turn)];
  return [cos, -sin, 650 - cos * 650 + sin * 330 + shift.x, sin, cos, 330 - sin * 650 - cos * 330 + shift.y];
}

describe("a head's step", () => {
  test("is found to a twentieth of a pixel, although the mesh errs by one", () => {
    const pixels = fc.double({ min: -6, max: 6, noNaN: true });
    const small = fc.double({ min: -0.03, max: 0.03, noNaN: true });
    fc.assert(
      fc.property(pixels, pixels, small, small, (x, y, turn, grow) => {
        const goes = headAt({ x, y }, turn, grow);
        const step = headStep(look({ headToFrame: headAt({ x: 0, y: 0 }) }), look({ headToFrame: goes, seed: 2 }));
        for (const anchor of [atRest.leftBrow, atRest.rightBrow, atRest.nose]) {
          const [found, truth] = [step && applyAffine(step, anchor), applyAffine(goes, anchor)];
          expect(Math.hypot((found?.x ?? NaN) - truth.x, (found?.y ?? NaN) - truth.y)).toBeLessThan(0.05);
        }
      }),
      { numRuns: 25 },
    );
  });

  test("does not count what became lighter as a whole", () => {
    const [before, now] = [
      look({ headToFrame: headAt({ x: 0, y: 0 }) }),
      look({ headToFrame: headAt({ x: 3, y: 1 }), seed: 3 }),
    ];
    const step = headStep(before, { ...now, light: now.light.map((value) => value + 0.2) });
    const found = step && applyAffine(step, atRest.nose);
    expect(Math.hypot((found?.x ?? NaN) - 653, (found?.y ?? NaN) - 351)).toBeLessThan(0.05);
  });

  test("is not known where another picture follows, or one without a pattern", () => {
    const before = look({ headToFrame: headAt({ x: 0, y: 0 }) });
    const flat = { ...before, light: before.light.map(() => 0.5) };
    expect(headStep(flat, before)).toBeUndefined();
    expect(headStep(before, flat)).toBeUndefined();
    expect(headStep(before, look({ headToFrame: headAt({ x: 0, y: 0 }), texture: 2.7 }))).toBeUndefined();
  });
});

describe("a path carried by a head's steps", () => {
  test("loses the mesh's trembling and keeps every motion of the head", () => {
    const frames = 40;
    // Nods and shakes within a few frames: what a filter alone would take for trembling.
    const truth = Array.from({ length: frames }, (_, frame) =>
      headAt({ x: 5 * Math.sin(1.3 * frame), y: 4 * Math.cos(0.9 * frame) }, 0.01 * Math.sin(frame)),
    );
    const looks = truth.map((headToFrame, frame) => look({ headToFrame, seed: 10 + frame }));
    const measured = pathOfAnchors(looks.map(({ anchors }) => anchors));
    const steps = looks.flatMap((now, frame) => {
      const before = looks[frame - 1];
      const step = before && headStep(before, now);
      return step ? anchorStep(before.anchors, step) : Array.from({ length: anchorCoordinates }, () => NaN);
    });
    const carried = carriedPath(measured, Float64Array.from(steps));
    const smooth = smoothPath({ coordinates: anchorCoordinates, values: measured }, { carried }).values;
    const exact = pathOfAnchors(
      truth.map((headToFrame) => ({
        leftBrow: applyAffine(headToFrame, atRest.leftBrow),
        rightBrow: applyAffine(headToFrame, atRest.rightBrow),
        nose: applyAffine(headToFrame, atRest.nose),
      })),
    );
    expect(bending(smooth, exact)).toBeLessThan(bending(measured, exact) / 5);
  });

  test("goes as the anchors go where a step is not known", () => {
    const measured = Float64Array.from({ length: 3 * anchorCoordinates }, (_, at) => at * at);
    expect(carriedPath(measured, new Float64Array(measured.length).fill(NaN))).toEqual(measured);
    expect(carriedPath(new Float64Array(0), new Float64Array(0))).toEqual(new Float64Array(0));
  });
});

/** Root mean square of the second difference over frames of how one path differs from another. */
function bending(path: Float64Array, from: Float64Array): number {
  const off = path.map((value, at) => value - (from[at] ?? NaN));
  const bends = off.subarray(2 * anchorCoordinates).map((value, at) => {
    return value - 2 * (off[at + anchorCoordinates] ?? NaN) + (off[at] ?? NaN);
  });
  return Math.hypot(...bends) / Math.sqrt(bends.length);
}
