// Where a new face may show: within what the model painted, within the jaw, and never over what hides the face.
import { describe, expect, test } from "vitest";
import { pointsOfMesh } from "../models/index.ts";
import type { Point } from "../models/index.ts";
import { blendMask, jawMasks } from "./blend-mask.ts";
import { inpaintMask } from "./inpaint-mask.ts";
import type { FaceMask } from "./inpaint-mask.ts";
import { grownPolygon, polygonMask } from "./polygon-mask.ts";

const side = 128;

/** A mesh whose outline is an ellipse in the crop; the points below the nose lie where a face has them. */
function meshOf(centre: Point, radii: Point): Float32Array {
  const landmarks = new Float32Array(3 * pointsOfMesh);
  const put = (index: number, x: number, y: number): void => landmarks.set([x, y, 0], 3 * index);
  const jaw = [93, 132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361, 323];
  for (const [at, index] of jaw.entries()) {
    const angle = Math.PI - (Math.PI * at) / (jaw.length - 1);
    put(index, centre.x + radii.x * Math.cos(angle), centre.y + radii.y * Math.sin(angle));
  }
  for (const [index, x] of [
    [425, 0.4],
    [327, 0.2],
    [2, 0],
    [98, -0.2],
    [205, -0.4],
  ] as const)
    put(index, centre.x + radii.x * x, centre.y + 2);
  return landmarks;
}

const at = ({ sizePx, values }: FaceMask, x: number, y: number): number =>
  values[Math.floor((y * sizePx) / side) * sizePx + Math.floor((x * sizePx) / side)] ?? NaN;

const jaw = {
  landmarks: meshOf({ x: 64, y: 60 }, { x: 34, y: 50 }),
  frameToFace: [1, 0, 0, 0, 1, 0],
  faceSizePx: side,
} as const;

describe("the blend mask that follows the jaw", () => {
  test.each([0, 0.03, 0.08])(
    "stays within what the model painted and within the grown jaw (feather %f)",
    (featherRatio) => {
      const mask = jawMasks({ sizePx: side, featherRatio })(jaw);
      const painted = inpaintMask(side);
      for (const [index, value] of mask.values.entries()) {
        expect(value).toBeLessThanOrEqual((painted.values[index] ?? 0) + 1e-6);
        const [x, y] = [(index % side) + 0.5 - 64, Math.floor(index / side) + 0.5 - 60];
        if (y > 0 && Math.hypot(x / (34 + 7), y / (50 + 12)) > 1) expect(value).toBe(0);
      }
      expect(at(mask, 64, 85)).toBeCloseTo(1, 5);
      expect(at(mask, 64, 50)).toBe(0);
    },
  );

  test("is narrower than the published outline where the jaw is, and follows it from frame to frame", () => {
    const masks = jawMasks({ sizePx: side });
    const [still, moved] = [jaw, { ...jaw, landmarks: meshOf({ x: 58, y: 55 }, { x: 34, y: 50 }) }].map(masks);
    if (!still || !moved) throw new Error("there are two masks");
    expect(at(blendMask(side), 16, 75)).toBeGreaterThan(0.9);
    expect(at(still, 16, 75)).toBe(0);
    expect(at(moved, 27, 75)).toBeGreaterThan(at(still, 27, 75) + 0.3);
  });

  test("leaves room below the chin for a mouth that opens, and none beside the ears", () => {
    const [none, some] = [0, 0.06].map((chinRoomRatio) => jawMasks({ sizePx: side, chinRoomRatio })(jaw));
    if (!none || !some) throw new Error("there are two masks");
    expect(at(some, 64, 113)).toBeGreaterThan(at(none, 64, 113) + 0.5);
    expect(at(some, 31, 66)).toBeCloseTo(at(none, 31, 66), 1);
  });

  test("grows and shrinks as asked, and fades wider with a wider feather", () => {
    const areaOf = (options: { growRatio?: number; featherRatio?: number }): number =>
      jawMasks({ sizePx: side, ...options })(jaw).values.reduce((sum, value) => sum + value, 0);
    expect(areaOf({ growRatio: 0 })).toBeLessThan(areaOf({}));
    expect(areaOf({ growRatio: -0.05 })).toBeLessThan(areaOf({ growRatio: 0 }));
    expect(areaOf({ featherRatio: 0.1 })).toBeLessThan(areaOf({ featherRatio: 0.01 }));
  });

  test("keeps the frame wherever something hides the face, given as a map or as outlines, and fades beside it", () => {
    const masks = jawMasks({ sizePx: side });
    const outline = [
      { x: 60, y: 60 },
      { x: 200, y: 60 },
      { x: 200, y: 200 },
      { x: 60, y: 200 },
    ];
    const map = polygonMask(
      outline.map(({ x, y }) => ({ x: x / 2, y: y / 2 })),
      side / 2,
    );
    const free = masks(jaw);
    for (const hiding of [{ hidden: map }, { hiddenOutlines: [outline] }]) {
      const mask = masks({ ...jaw, ...hiding });
      for (let y = 62; y < side; y++) for (let x = 62; x < side; x++) expect(at(mask, x, y)).toBeLessThan(1e-6);
      expect(at(mask, 46, 80)).toBeCloseTo(at(free, 46, 80), 4);
      expect(at(mask, 58, 80)).toBeLessThan(0.5);
    }
  });

  test("has the same shape at any size of mask and crop", () => {
    const [small, large] = [jawMasks({ sizePx: 64 })(jaw), jawMasks({ sizePx: 256 })(jaw)];
    let difference = 0;
    for (let y = 2; y < side; y += 4)
      for (let x = 2; x < side; x += 4) difference += Math.abs(at(small, x, y) - at(large, x, y));
    expect(difference / 1024).toBeLessThan(0.02);
  });
});

describe("polygons", () => {
  test("cover exactly their area", () => {
    const triangle = [
      { x: 3.25, y: 2 },
      { x: 20.5, y: 9.5 },
      { x: 7, y: 25 },
    ];
    const area = polygonMask(triangle, 32).values.reduce((sum, value) => sum + value, 0);
    const exact = Math.abs((20.5 - 3.25) * (25 - 2) - (7 - 3.25) * (9.5 - 2)) / 2;
    expect(Math.abs(area - exact)).toBeLessThan(0.01 * exact);
  });

  test("grow outwards whichever way round they go", () => {
    const square = [
      { x: 10, y: 10 },
      { x: 20, y: 10 },
      { x: 20, y: 20 },
      { x: 10, y: 20 },
    ];
    for (const points of [square, square.toReversed()])
      for (const { x, y } of grownPolygon(points, 2))
        expect(Math.hypot(x - 15, y - 15)).toBeCloseTo(Math.hypot(5, 5) + 2, 5);
  });
});
