// The pure parts around the face networks: anchors, boxes, merging, regions, sampling.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { floats, tensorOf } from "../../tensor/index.ts";
import { affineScale, applyAffine, invertAffine } from "./affine.ts";
import type { Affine } from "./affine.ts";
import {
  anchorCentres,
  decodeDetections,
  detectionToFrame,
  fullRangeDetector,
  mergeDetections,
  overlapRatio,
  shortRangeDetector,
} from "./face-detector.ts";
import type { FaceDetection } from "./face-detector.ts";
import { meshRefinements } from "./mesh-refinement.ts";
import {
  landmarksToFrame,
  letterboxToFrame,
  pointsOfMesh,
  regionOfDetection,
  regionOfLandmarks,
  regionToFrame,
} from "./regions.ts";
import { sampleRegion } from "./sample-region.ts";

describe("affines", () => {
  test("an affine and its inverse undo each other, and a flat one has no inverse", () => {
    const number = fc.double({ min: -50, max: 50, noNaN: true });
    fc.assert(
      fc.property(fc.tuple(number, number, number, number, number, number), number, number, (affine: Affine, x, y) => {
        fc.pre(affineScale(affine) > 0.1);
        const inverse = invertAffine(affine);
        expect(inverse).toBeDefined();
        const back = inverse && applyAffine(inverse, applyAffine(affine, { x, y }));
        expect(back?.x).toBeCloseTo(x, 4);
        expect(back?.y).toBeCloseTo(y, 4);
      }),
    );
    expect(invertAffine([1, 2, 0, 2, 4, 0])).toBeUndefined();
  });
});

describe("the detector's answers", () => {
  test("short range has 896 anchors, two a cell of 8 px and then six a cell of 16 px, at the cells' centres", () => {
    const centres = anchorCentres(shortRangeDetector);
    expect(centres.length).toBe(2 * 896);
    expect([...centres.subarray(0, 6)]).toEqual([4, 4, 4, 4, 12, 4]);
    expect([...centres.subarray(2 * 512, 2 * 512 + 2)]).toEqual([8, 8]);
    expect([...centres.subarray(-2)]).toEqual([120, 120]);
  });

  test("full range has 2304 anchors, one a cell of 4 px", () => {
    const centres = anchorCentres(fullRangeDetector);
    expect(centres.length).toBe(2 * 2304);
    expect([...centres.subarray(0, 4)]).toEqual([2, 2, 6, 2]);
  });

  const answers = (batch: number, change: (offsets: Float32Array, logits: Float32Array) => void) => {
    const offsets = new Float32Array(batch * 896 * 16);
    const logits = new Float32Array(batch * 896).fill(-1000);
    change(offsets, logits);
    return { offsets: tensorOf("float32", [batch, 896, 16], offsets), logits: floats([batch, 896], logits) };
  };

  test("a box and its points are counted from their anchor, picture by picture of the batch", () => {
    const found = decodeDetections(
      answers(2, (offsets, logits) => {
        logits[896 + 2] = 1000;
        offsets.set([1, 2, 10, 20, -3, -4, 3, -4], (896 + 2) * 16);
      }),
      shortRangeDetector,
    );
    expect(found.map(({ length }) => length)).toEqual([0, 1]);
    expect(found[1]?.[0]).toMatchObject({
      box: { x: 12 + 1 - 5, y: 4 + 2 - 10, width: 10, height: 20 },
      points: { leftEye: { x: 9, y: 0 }, rightEye: { x: 15, y: 0 }, noseTip: { x: 12, y: 4 } },
      scoreRatio: 1,
    });
  });

  test("an empty or backward box is no face, whatever its score, and neither is a score that is no number", () => {
    const found = decodeDetections(
      answers(1, (offsets, logits) => {
        logits.set([50, 50, NaN]);
        offsets.set([0, 0, -5, 5], 0);
        offsets.set([0, 0, 5, 0], 16);
        offsets.set([0, 0, 5, 5], 32);
      }),
      shortRangeDetector,
    );
    expect(found).toEqual([[]]);
  });
});

const faceAt = (x: number, scoreRatio: number, sizePx = 10): FaceDetection => {
  const point = (dx: number, dy: number) => ({ x: x + dx, y: dy });
  return {
    box: { x, y: 0, width: sizePx, height: sizePx },
    points: {
      leftEye: point(3, 3),
      rightEye: point(7, 3),
      noseTip: point(5, 5),
      mouth: point(5, 8),
      leftEar: point(1, 4),
      rightEar: point(9, 4),
    },
    scoreRatio,
  };
};

describe("merging detections", () => {
  test("boxes that overlap are averaged by score and keep the best score; others stay", () => {
    const merged = mergeDetections([faceAt(100, 0.6), faceAt(1, 0.4), faceAt(0, 0.8)]);
    expect(merged.map(({ scoreRatio }) => scoreRatio)).toEqual([0.8, 0.6]);
    expect(merged[0]?.box.x).toBeCloseTo((1 * 0.4) / 1.2);
    expect(merged[0]?.points.leftEye.x).toBeCloseTo(3 + (1 * 0.4) / 1.2);
    expect(merged[1]).toMatchObject({ box: { x: 100 } });
  });

  test("merging makes no more faces than there were detections, at least one of any, and keeps the size they agree on", () => {
    const detections = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 60 }), fc.double({ min: 0.1, max: 1, noNaN: true })),
    );
    fc.assert(
      fc.property(detections, (places) => {
        const given = places.map(([x, score]) => faceAt(x, score));
        const merged = mergeDetections(given);
        expect(merged.length).toBeLessThanOrEqual(given.length);
        expect(merged.length > 0).toBe(given.length > 0);
        for (const { box } of merged) expect(box.width).toBeCloseTo(10);
      }),
    );
  });

  test("overlap is intersection over union", () => {
    const box = { x: 0, y: 0, width: 10, height: 10 };
    expect(overlapRatio(box, box)).toBe(1);
    expect(overlapRatio(box, { ...box, x: 5 })).toBeCloseTo(50 / 150);
    expect(overlapRatio(box, { ...box, x: 10 })).toBe(0);
  });
});

describe("regions", () => {
  test("a wide frame stands in the middle of the detector's square, with bars above and below", () => {
    const toFrame = letterboxToFrame({ width: 200, height: 100 }, 128);
    expect(applyAffine(toFrame, { x: 0, y: 32 })).toEqual({ x: 0, y: 0 });
    expect(applyAffine(toFrame, { x: 128, y: 96 })).toEqual({ x: 200, y: 100 });
    const detection = detectionToFrame(faceAt(0, 1, 64), toFrame);
    expect(detection.box).toEqual({ x: 0, y: -50, width: 100, height: 100 });
  });

  test("the region of a detection is half as large again as its box and level with its eyes", () => {
    const face = faceAt(20, 1);
    const tilted = { ...face, points: { ...face.points, rightEye: { x: 27, y: 7 } } };
    const region = regionOfDetection(tilted);
    expect(region).toEqual({ centre: { x: 25, y: 5 }, sizePx: 15, rotationRadians: Math.PI / 4 });
    const toFrame = regionToFrame(region, 192);
    const middle = applyAffine(toFrame, { x: 96, y: 96 });
    expect([middle.x, middle.y]).toEqual([expect.closeTo(25), expect.closeTo(5)]);
    // Walking right in the region's picture is walking along the eyes in the frame: down and to the right.
    const right = applyAffine(toFrame, { x: 192, y: 96 });
    expect(right.x - middle.x).toBeCloseTo(7.5 * Math.SQRT1_2);
    expect(right.y - middle.y).toBeCloseTo(7.5 * Math.SQRT1_2);
  });

  test("landmarks of a region come back to the frame with their depth scaled, and give a region of their own", () => {
    const landmarks = new Float32Array(3 * pointsOfMesh).fill(96);
    landmarks.set([32, 96, 10], 3 * 33);
    landmarks.set([160, 96, -10], 3 * 263);
    const region = { centre: { x: 500, y: 300 }, sizePx: 384, rotationRadians: Math.PI / 2 };
    const inFrame = landmarksToFrame(landmarks, regionToFrame(region, 192));
    expect([...inFrame.subarray(3 * 33, 3 * 34)]).toEqual([500, 300 - 128, 20]);
    expect(regionOfLandmarks(inFrame)).toEqual({
      centre: { x: 500, y: 300 },
      sizePx: 384,
      rotationRadians: expect.closeTo(Math.PI / 2),
    });
  });
});

describe("sampling a region", () => {
  const frame = { width: 2, height: 2, data: Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255) };

  test("pixel centres stand at .5: the identity gives the frame itself, red, green and blue apart", () => {
    const target = new Float32Array(12);
    sampleRegion(frame, { toFrame: [1, 0, 0, 0, 1, 0], sizePx: 2, range: [0, 1] }, target);
    expect([...target]).toEqual([1, 0, 0, 1, 0, 1, 0, 1, 0, 0, 1, 1].map((value) => expect.closeTo(value)));
  });

  test("what lies outside the frame is black, in the range asked for", () => {
    const target = new Float32Array(12);
    sampleRegion(frame, { toFrame: [1, 0, 40, 0, 1, 0], sizePx: 2, range: [-1, 1] }, target);
    expect([...target]).toEqual(Array.from({ length: 12 }, () => -1));
  });

  test("a large frame is averaged, not skipped through: stripes of one pixel become an even grey", () => {
    const width = 64;
    const data = Uint8Array.from({ length: 3 * width * width }, (_, at) => (Math.floor(at / 3) % 2 === 0 ? 0 : 255));
    const target = new Float32Array(3 * 8 * 8);
    sampleRegion({ width, height: width, data }, { toFrame: [8, 0, 0, 0, 8, 0], sizePx: 8, range: [0, 1] }, target);
    for (const value of target) expect(Math.abs(value - 0.5)).toBeLessThan(0.02);
  });
});

test("the refined landmarks are lips, both eyes and ten points of two irises, each named once within its part", () => {
  expect(meshRefinements.map(({ landmarks }) => landmarks.length)).toEqual([80, 71, 71, 5, 5]);
  for (const { landmarks } of meshRefinements) expect(new Set(landmarks).size).toBe(landmarks.length);
  expect(Math.max(...meshRefinements.flatMap(({ landmarks }) => landmarks))).toBe(477);
});
