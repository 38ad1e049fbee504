// What terminals say of renders, proposals and scores.
import { expect, test } from "vitest";
import { proposedLines, renderedLines, scoredLines, segmentLines } from "./dubbing.ts";

test("a render is told in four lines, with what to know about it", () => {
  const result = {
    path: "/out/de.mov",
    codec: "prores-422-hq",
    frames: 48,
    touchedFrames: 20,
    segments: 1,
    startTimecode: "01:00:00:00",
    audioTracks: 2,
    warnings: [{ code: "segments-without-take", message: "One shows the source." }],
  };
  expect(renderedLines(result)).toEqual([
    "/out/de.mov",
    "Picture    48 frames of prores-422-hq from 01:00:00:00",
    "Re-synced  20 frames in 1 segment",
    "Sound      2 tracks",
    "! One shows the source.",
  ]);
});

test("proposals are counted, and warnings stand below", () => {
  expect(proposedLines({ found: 1, speechFrames: 30, warnings: [] })).toEqual([
    "1 segment proposed; 30 frames of speech heard.",
  ]);
});

test("a score says what it was measured by, or that there is nothing to measure sync with", () => {
  const score = {
    syncNetwork: null,
    sourceSyncConfidence: null,
    sourceAvOffsetFrames: null,
    mouthCorrelation: 0.514,
    sourceMouthCorrelation: 0.6,
    jitterRatio: 1.25,
    changedOutsideMask: 0,
    measuredFrames: 48,
    measuredAt: "2026-11-20T10:00:00.000Z",
  };
  const takeId = "take:a" as never;
  const lines = scoredLines({ scores: [{ takeId, syncConfidence: null, avOffsetFrames: null, score }] });
  expect(lines).toContain("  Mouth with dialogue  0.51  source 0.60");
  expect(lines).toContain("  Outside the mask        0  samples changed");
  expect(lines.at(-1)).toMatch(/No sync network/);
});

test("segments without any are said to be none", () => {
  expect(segmentLines({ segments: [] })).toEqual(["No segments."]);
});
