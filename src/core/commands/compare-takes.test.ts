// Rules of comparing takes and of what is measured by itself.
import { expect, test } from "vitest";
import { diffAdding } from "../../shared/project/index.ts";
import { sampleSegment, sampleTake } from "../../../test/support/sample-records.ts";
import { differencesBetween } from "./compare-takes.ts";
import { unmeasuredTakes } from "./score-new-takes.ts";

test("a comparison tells what differs, in the order of the takes, and nothing that is the same", () => {
  const first = sampleTake("a");
  const second = {
    ...sampleTake("b", 2),
    settings: { ...first.settings, inferenceSteps: 40, more: { "mask-feather": 0.5, silence: "rest" } },
    syncConfidence: 7,
  };
  expect(differencesBetween([first, second])).toEqual([
    { name: "inferenceSteps", values: [20, 40] },
    { name: "silence", values: [null, "rest"] },
    { name: "syncConfidence", values: [6.25, 7] },
  ]);
  expect(differencesBetween([first])).toEqual([]);
});

test("takes are measured by themselves once: not those that redo brings back with their score", () => {
  const score = {
    syncNetwork: null,
    sourceSyncConfidence: null,
    sourceAvOffsetFrames: null,
    mouthCorrelation: 0.5,
    sourceMouthCorrelation: 0.4,
    jitterRatio: 1.1,
    changedOutsideMask: 0,
    measuredFrames: 48,
    measuredAt: "2026-11-20T10:00:00.000Z",
  };
  const measured = { ...sampleTake("b"), score };
  expect(unmeasuredTakes(diffAdding(sampleSegment(), sampleTake("a"), measured))).toEqual([sampleTake("a").id]);
});
