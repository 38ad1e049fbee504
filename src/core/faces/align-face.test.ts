// Alignment against the published numbers: the dossier's vector always, the reference cases where they are at hand.
import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { sharedVectors } from "../../../test/support/shared-folder.ts";
import { applyAffine } from "../models/index.ts";
import { composeAffines, inverseOf } from "./affine.ts";
import type { Affine, Point } from "../models/index.ts";
import { alignFace } from "./align-face.ts";

/** The reference counts from the centre of the first pixel, we from its corner. */
const toCorner: Affine = [1, 0, 0.5, 0, 1, 0.5];
const published = (ours: Affine): Affine => composeAffines(composeAffines(toCorner, ours), inverseOf(toCorner));

const point = ([x = NaN, y = NaN]: readonly number[]): Point => applyAffine(toCorner, { x, y });
const corners = (width: number, height: number): readonly Point[] => [
  { x: 0, y: 0 },
  { x: width, y: 0 },
  { x: 0, y: height },
  { x: width, y: height },
];

const pair = z.array(z.number()).length(2);
const row = z.array(z.number()).length(3);
const casesSchema = z.array(
  z.object({
    resolution: z.number(),
    leftBrow: pair,
    rightBrow: pair,
    nose: pair,
    frameToCrop: z.array(row).length(2),
    cropWidth: z.number(),
    cropHeight: z.number(),
  }),
);

describe("the fit of three anchors", () => {
  test.each([
    { size: 256, expected: [0.752684, 0.007682, -602.953613, -0.007682, 0.752684, -255.344971] },
    { size: 512, expected: [1.505367, 0.015365, -1205.907227, -0.015365, 1.505367, -510.689941] },
  ])("gives the published affine at $size", ({ size, expected }) => {
    const anchors = { leftBrow: point([860, 420]), rightBrow: point([1010, 424]), nose: point([938, 500]) };
    const affine = published(alignFace(anchors, size).frameToPortrait);
    for (const [index, value] of affine.entries())
      expect(value).toBeCloseTo(expected[index] ?? NaN, index % 3 < 2 ? 5 : 3);
  });

  test("agrees with every reference case to a thousandth of a pixel at all four corners of the crop", (context) => {
    const file = sharedVectors("alignment.json");
    if (file === undefined) {
      context.skip("alignment.json is not in ../shared/vectors");
      return;
    }
    let worstPx = 0;
    const cases = casesSchema.parse(JSON.parse(readFileSync(file, "utf8")));
    for (const each of cases) {
      const anchors = { leftBrow: point(each.leftBrow), rightBrow: point(each.rightBrow), nose: point(each.nose) };
      const alignment = alignFace(anchors, each.resolution);
      expect([alignment.portraitWidthPx, alignment.portraitHeightPx]).toEqual([each.cropWidth, each.cropHeight]);
      const reference = each.frameToCrop.flat() as unknown as Affine;
      const cropToFrame = inverseOf(reference);
      for (const corner of corners(each.cropWidth, each.cropHeight)) {
        const found = applyAffine(published(alignment.frameToPortrait), applyAffine(cropToFrame, corner));
        worstPx = Math.max(worstPx, Math.abs(found.x - corner.x), Math.abs(found.y - corner.y));
      }
    }
    expect(cases).toHaveLength(80);
    expect(worstPx).toBeLessThanOrEqual(1e-3);
  });

  test("squeezes the portrait crop to the square, corner onto corner", () => {
    const anchors = { leftBrow: { x: 90, y: 80 }, rightBrow: { x: 190, y: 95 }, nose: { x: 135, y: 160 } };
    const { frameToPortrait, frameToFace } = alignFace(anchors, 256);
    const portraitToFace = composeAffines(inverseOf(frameToPortrait), frameToFace);
    const found = corners(210, 280).map((corner) => applyAffine(portraitToFace, corner));
    for (const [index, corner] of corners(256, 256).entries()) {
      expect(found[index]?.x).toBeCloseTo(corner.x, 8);
      expect(found[index]?.y).toBeCloseTo(corner.y, 8);
    }
  });

  test("never mirrors a face, not even when its anchors are", () => {
    const mirrored = { leftBrow: { x: 190, y: 80 }, rightBrow: { x: 90, y: 80 }, nose: { x: 140, y: 150 } };
    const [a, b, , d, e] = alignFace(mirrored, 256).frameToPortrait;
    expect(a * e - b * d).toBeGreaterThan(0);
  });

  test("follows the face: anchors moved by a similarity give a crop moved by the same", () => {
    const anchors = { leftBrow: { x: 90, y: 80 }, rightBrow: { x: 190, y: 95 }, nose: { x: 135, y: 160 } };
    const resting = alignFace(anchors, 512).frameToFace;
    fc.assert(
      fc.property(
        fc.double({ min: -3, max: 3, noNaN: true }),
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        fc.double({ min: -4000, max: 4000, noNaN: true }),
        (turn, scale, shift) => {
          const [cos, sin] = [scale * Math.cos(turn), scale * Math.sin(turn)];
          const move: Affine = [cos, -sin, shift, sin, cos, shift / 2];
          const moved = alignFace(
            {
              leftBrow: applyAffine(move, anchors.leftBrow),
              rightBrow: applyAffine(move, anchors.rightBrow),
              nose: applyAffine(move, anchors.nose),
            },
            512,
          ).frameToFace;
          for (const corner of corners(300, 300)) {
            const [at, expected] = [applyAffine(composeAffines(move, moved), corner), applyAffine(resting, corner)];
            expect(Math.hypot(at.x - expected.x, at.y - expected.y)).toBeLessThan(1e-6);
          }
        },
      ),
    );
  });
});
