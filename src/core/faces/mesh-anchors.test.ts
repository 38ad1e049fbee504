// Anchors are means of mesh points, unrounded, and survive the way through a path.
import { expect, test } from "vitest";
import { anchorsAt, anchorsOfMesh, pathOfAnchors } from "./mesh-anchors.ts";

const slope = new Float32Array(468 * 3).map((_, at) => (at % 3 === 2 ? 99 : Math.floor(at / 3) + 0.25 * (at % 3)));

test("anchors are the means of their mesh points to a fraction of a pixel, depth left out", () => {
  const { leftBrow, rightBrow, nose } = anchorsOfMesh(slope);
  expect([leftBrow.x, rightBrow.x, nose.x]).toEqual([82.2, 311.8, 124].map((value) => expect.closeTo(value, 4)));
  expect(nose.y - nose.x).toBeCloseTo(0.25, 4);
});

test("anchors come back out of a path as they went in", () => {
  const frames = [anchorsOfMesh(slope), anchorsOfMesh(slope.map((value) => value + 3.5))];
  const path = pathOfAnchors(frames);
  expect(frames.map((_, frame) => anchorsAt(path, frame))).toEqual(frames);
});
