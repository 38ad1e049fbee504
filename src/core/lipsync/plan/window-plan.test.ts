// Window plans by their properties: every frame of every run is made, in order, and nothing crosses a cut.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { endFrameOf } from "../../../shared/time/index.ts";
import { blendShare, planWindows, runsOfFaces } from "./window-plan.ts";
import type { WindowRules } from "./window-plan.ts";

const published: WindowRules = { windowFrames: 16, overlapFrames: 0, tail: "short" };
const usual: WindowRules = { windowFrames: 16, overlapFrames: 4, tail: "full" };

const rules = fc
  .record({ windowFrames: fc.integer({ min: 1, max: 24 }), tail: fc.constantFrom("full", "short") })
  .chain(({ windowFrames, tail }) =>
    fc
      .integer({ min: 0, max: windowFrames - 1 })
      .map((overlapFrames): WindowRules => ({ windowFrames, overlapFrames, tail })),
  );
/** A picture in which each frame has a face or not, and begins a shot or not. */
const film = fc.record({
  startFrame: fc.nat(10_000),
  frames: fc.array(fc.record({ face: fc.boolean(), cut: fc.integer({ min: 0, max: 7 }) }), {
    minLength: 1,
    maxLength: 150,
  }),
});
const runsOf = ({ startFrame, frames }: { startFrame: number; frames: { face: boolean; cut: number }[] }) => {
  const range = { startFrame, durationFrames: frames.length };
  const cuts = new Set(frames.flatMap(({ cut }, at) => (cut === 0 ? [startFrame + at] : [])));
  return { cuts, runs: runsOfFaces(range, (frame) => frames[frame - startFrame]?.face ?? false, cuts) };
};

describe("runs of faces", () => {
  test("hold exactly the frames with a face, and a cut is only ever where one begins", () => {
    fc.assert(
      fc.property(film, (made) => {
        const { runs, cuts } = runsOf(made);
        const inRuns = runs.flatMap((run) =>
          Array.from({ length: run.durationFrames }, (_, at) => run.startFrame + at),
        );
        const withFace = made.frames.flatMap(({ face }, at) => (face ? [made.startFrame + at] : []));
        expect(inRuns).toEqual(withFace);
        for (const run of runs)
          for (let frame = run.startFrame + 1; frame < endFrameOf(run); frame++) expect(cuts.has(frame)).toBe(false);
      }),
    );
  });
});

describe("windows", () => {
  test("finish every frame of every run once and in order, and lie inside their run", () => {
    fc.assert(
      fc.property(film, rules, (made, how) => {
        const { runs } = runsOf(made);
        const windows = planWindows(runs, how);
        const finished = windows.flatMap(({ startFrame, finishedFrames }) =>
          Array.from({ length: finishedFrames }, (_, at) => startFrame + at),
        );
        const all = runs.flatMap((run) => Array.from({ length: run.durationFrames }, (_, at) => run.startFrame + at));
        expect(finished).toEqual(all);
        expect(windows.map(({ index }) => index)).toEqual([...windows.keys()]);
        for (const { startFrame, frameCount } of windows)
          expect(runs.some((run) => startFrame >= run.startFrame && startFrame + frameCount <= endFrameOf(run))).toBe(
            true,
          );
      }),
    );
  });

  test("blend exactly the frames that the window before has made and not finished", () => {
    fc.assert(
      fc.property(film, rules, (made, how) => {
        const windows = planWindows(runsOf(made).runs, how);
        for (const [at, window] of windows.entries()) {
          const before = windows[at - 1];
          const left = before ? before.frameCount - before.finishedFrames : 0;
          expect(window.blendFrames).toBe(left);
          if (left > 0) expect(window.startFrame).toBe((before?.startFrame ?? 0) + (before?.finishedFrames ?? 0));
        }
      }),
    );
  });

  test("are all full, by frames of the picture wherever a run and an overlap allow it", () => {
    fc.assert(
      fc.property(film, rules, (made, how) => {
        const { runs } = runsOf(made);
        for (const window of planWindows(runs, { ...how, tail: "full" })) {
          expect(window.frameCount + window.paddedFrames).toBe(how.windowFrames);
          const run = runs.find((each) => window.startFrame >= each.startFrame && window.startFrame < endFrameOf(each));
          const isLong = (run?.durationFrames ?? 0) >= how.windowFrames;
          if (how.overlapFrames > 0 && isLong) expect(window.paddedFrames).toBe(0);
        }
      }),
    );
  });

  test("are as published in parity: no overlap, and the last as short as it comes", () => {
    const windows = planWindows([{ startFrame: 0, durationFrames: 37 }], published);
    expect(windows.map(({ startFrame, frameCount }) => [startFrame, frameCount])).toEqual([
      [0, 16],
      [16, 16],
      [32, 5],
    ]);
    expect(windows.every(({ paddedFrames, blendFrames }) => paddedFrames + blendFrames === 0)).toBe(true);
  });

  test.each([
    [1, [[0, 1, 15, 0]]],
    [15, [[0, 15, 1, 0]]],
    [16, [[0, 16, 0, 0]]],
    [
      17,
      [
        [0, 16, 0, 0],
        [1, 16, 0, 15],
      ],
    ],
    [
      31,
      [
        [0, 16, 0, 0],
        [12, 16, 0, 4],
        [15, 16, 0, 13],
      ],
    ],
  ])("cover a run of %i frames by full windows", (durationFrames, expected) => {
    const windows = planWindows([{ startFrame: 0, durationFrames }], usual);
    expect(windows.map((w) => [w.startFrame, w.frameCount, w.paddedFrames, w.blendFrames])).toEqual(expected);
  });

  test("fade in over their first frames and own the rest", () => {
    expect([0, 1, 2, 3].map((frame) => blendShare(frame, 3))).toEqual([0.25, 0.5, 0.75, 1]);
    expect(blendShare(0, 0)).toBe(1);
  });
});
