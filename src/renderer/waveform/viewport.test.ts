// Zooming and scrolling: what is under the pointer stays there, and the ends are never passed.
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  clampViewport,
  fitViewport,
  followFrame,
  frameAtPx,
  pxOfFrame,
  resizeViewport,
  scrollViewport,
  visibleFrames,
  zoomViewport,
} from "./viewport.ts";

const frameCount = 172_800;

test("zooming in keeps the frame under the pointer within a pixel, over a thousand random zooms", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 200, max: 4000 }),
      fc.double({ min: 1, max: 4, noNaN: true }),
      (atRatio, widthPx, magnificationRatio) => {
        const before = fitViewport(frameCount, widthPx);
        const atPx = atRatio * widthPx;
        const after = zoomViewport(before, { magnificationRatio, atPx, frameCount });
        expect(Math.abs(pxOfFrame(frameAtPx(atPx, before), after) - atPx)).toBeLessThan(1);
      },
    ),
    { numRuns: 1000 },
  );
});

test("no zoom and no scroll shows anything before the first or after the last frame", () => {
  const act = fc.oneof(
    fc.record({
      magnificationRatio: fc.double({ min: 0.1, max: 10, noNaN: true }),
      atPx: fc.integer({ min: 0, max: 800 }),
    }),
    fc.record({ byPx: fc.integer({ min: -5000, max: 5000 }) }),
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 20 }), (acts) => {
      const view = acts.reduce(
        (seen, each) =>
          "byPx" in each ? scrollViewport(seen, each.byPx, frameCount) : zoomViewport(seen, { ...each, frameCount }),
        fitViewport(frameCount, 800),
      );
      expect(view.startFrame).toBeGreaterThanOrEqual(0);
      expect(view.startFrame + visibleFrames(view)).toBeLessThanOrEqual(frameCount + 1e-6);
    }),
  );
});

test("the closest zoom draws a frame 48 pixels wide", () => {
  const closest = clampViewport({ startFrame: 0, framesPerPx: 0, widthPx: 800 }, frameCount);
  expect(pxOfFrame(1, closest)).toBe(48);
});

test("a window that showed everything shows everything after it was resized", () => {
  const wide = resizeViewport(fitViewport(frameCount, 800), 1200, frameCount);
  expect(visibleFrames(wide)).toBeCloseTo(frameCount);
});

test("a playhead that runs out of the window turns the page; one in it leaves the window alone", () => {
  const view = { startFrame: 0, framesPerPx: 1, widthPx: 100 };
  expect(followFrame(view, 99, frameCount)).toBe(view);
  expect(followFrame(view, 100, frameCount).startFrame).toBe(100);
  expect(followFrame(view, 5000, frameCount).startFrame).toBe(4950);
});
