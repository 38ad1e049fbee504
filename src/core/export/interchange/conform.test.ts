// Conforming: what a new cut keeps of the old one is found by its source, wherever it went.
import { describe, expect, test } from "vitest";
import { frameRates } from "../../../shared/time/index.ts";
import { conformRange, keptStretches } from "./conform.ts";
import type { EditEvent, EditList } from "./edit-list.ts";

type Shot = readonly [reelName: string, sourceStart: number, durationFrames: number];

/** Shots one after the other from label 1000. */
function cutOf(...shots: readonly Shot[]): EditList {
  let recordFrame = 1000;
  const events = shots.map(([reelName, startFrame, durationFrames], index): EditEvent => {
    const record = { startFrame: recordFrame, durationFrames };
    recordFrame += durationFrames;
    return {
      number: index + 1,
      reelName,
      channels: "V",
      transition: { kind: "cut" },
      source: { startFrame, durationFrames },
      record,
      fromClipName: undefined,
      toClipName: undefined,
      sourceFile: undefined,
      speed: undefined,
      markers: [],
      comments: [],
    };
  });
  return { title: "", rate: frameRates["24"], counting: "non-drop", events };
}

const oldCut = cutOf(["A", 0, 100], ["B", 50, 100], ["A", 200, 100]);
const during = (startFrame: number, durationFrames: number) => ({ startFrame, durationFrames });

describe("conform", () => {
  test("the same cut keeps everything where it is", () => {
    const kept = keptStretches(oldCut, oldCut);
    expect(conformRange(during(1010, 50), kept)).toEqual({
      outcome: "whole",
      parts: [{ from: during(1010, 50), movedFrames: 0 }],
    });
  });

  test("what follows a shot that was shortened moves up, whole", () => {
    const kept = keptStretches(oldCut, cutOf(["A", 0, 80], ["B", 50, 100], ["A", 200, 100]));
    expect(conformRange(during(1110, 20), kept)).toEqual({
      outcome: "whole",
      parts: [{ from: during(1110, 20), movedFrames: -20 }],
    });
    expect(conformRange(during(1070, 20), kept)).toEqual({
      outcome: "trimmed",
      parts: [{ from: during(1070, 10), movedFrames: 0 }],
    });
  });

  test("shots that changed places take their work along", () => {
    const kept = keptStretches(oldCut, cutOf(["B", 50, 100], ["A", 0, 100]));
    expect(conformRange(during(1000, 100), kept).parts[0]?.movedFrames).toBe(100);
    expect(conformRange(during(1100, 100), kept).parts[0]?.movedFrames).toBe(-100);
    expect(conformRange(during(1200, 10), kept).outcome).toBe("gone");
  });

  test("a shot cut through the middle splits what ran over it", () => {
    const kept = keptStretches(oldCut, cutOf(["A", 0, 40], ["C", 0, 10], ["A", 40, 60]));
    const { outcome, parts } = conformRange(during(1030, 20), kept);
    expect(outcome).toBe("split");
    expect(parts).toEqual([
      { from: during(1030, 10), movedFrames: 0 },
      { from: during(1040, 10), movedFrames: 10 },
    ]);
  });

  test("a shot used twice is repeated, and a cut inside a shot that changes nothing leaves no seam", () => {
    expect(conformRange(during(1000, 50), keptStretches(oldCut, cutOf(["A", 0, 100], ["A", 0, 100]))).outcome).toBe(
      "repeated",
    );
    expect(conformRange(during(1000, 100), keptStretches(oldCut, cutOf(["A", 0, 30], ["A", 30, 70]))).outcome).toBe(
      "whole",
    );
  });

  test("a shot with a speed of its own is left to the editor", () => {
    const [first, ...others] = oldCut.events;
    const slowed = first && { ...first, speed: { sourceFramesPerSecond: 12, sourceFrame: 0 } };
    const newCut = { ...oldCut, events: slowed ? [slowed, ...others] : [] };
    expect(conformRange(during(1000, 100), keptStretches(oldCut, newCut)).outcome).toBe("gone");
  });
});
