// The whole analysis on real clips of one person talking: one track, one person, and a crop that stands still on the head. What
// trembles is told apart from what moves by the head's own motion, measured in the picture. The figures are printed.
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { silentLogger } from "../../src/core/base/index.ts";
import {
  alignmentPath,
  analyseReel,
  anchorCoordinates,
  carriedPath,
  judgeTrack,
  openFaceNetworks,
  usualEligibilityLimits,
} from "../../src/core/faces/index.ts";
import type { AnalysedShot } from "../../src/core/faces/index.ts";
import { openMedia } from "../../src/core/media/index.ts";
import { tempFolder, testFfmpeg } from "../support/media.ts";
import { sharedMedia } from "../support/shared-folder.ts";

/** Frames at which the head's own second difference is below this: it rests, or moves evenly. */
const stillPx = 0.1;

async function analyse(file: string): Promise<readonly AnalysedShot[]> {
  await using folder = await tempFolder();
  const source = await openMedia(await testFfmpeg(), file);
  const shots: AnalysedShot[] = [];
  await analyseReel(
    {
      source,
      streamIndex: source.facts.video[0]?.streamIndex ?? 0,
      cacheFolder: join(folder.path, "cache"),
      openNetworks: () => openFaceNetworks("test", silentLogger),
      cutFrames: undefined,
      signal: new AbortController().signal,
      onProgress: () => undefined,
      onStage: () => undefined,
    },
    async (shot) => void shots.push(shot),
  );
  return shots;
}

/** Second difference over frames; frame f of the result is about frame f + 1. */
const bends = (values: Float64Array): Float64Array =>
  values
    .subarray(2 * anchorCoordinates)
    .map((value, at) => value - 2 * (values[at + anchorCoordinates] ?? NaN) + (values[at] ?? NaN));

const rms = (values: Float64Array): number => Math.hypot(...values) / Math.sqrt(values.length);
const minus = (left: Float64Array, right: Float64Array): Float64Array =>
  left.map((value, at) => value - (right[at] ?? NaN));

/** Frames later at which the steps of one path are most like those of the other. */
function lagFrames(of: Float64Array, behind: Float64Array): number {
  const step = (values: Float64Array, at: number): number =>
    (values[at + anchorCoordinates] ?? NaN) - (values[at] ?? NaN);
  const likeness = (lag: number): number => {
    let sum = 0;
    for (let at = 10 * anchorCoordinates; at < of.length - 11 * anchorCoordinates; at++)
      sum += step(of, at + lag * anchorCoordinates) * step(behind, at);
    return sum;
  };
  const lags = Array.from({ length: 17 }, (_, index) => index - 8);
  return lags.toSorted((a, b) => likeness(b) - likeness(a))[0] ?? NaN;
}

describe.for([
  ["demo1_video.mp4", 250, 25],
  ["demo3_video.mp4", 600, 30],
] as const)("%s", ([name, frameCount, framesPerSecond]) => {
  test("is one shot with one track, whose crop trembles at least five times less and does not lag", async (context) => {
    const file = sharedMedia(name);
    if (file === undefined) {
      context.skip(`${name} is not in ../shared/media`);
      return;
    }
    const shots = await analyse(file);
    expect(shots.map(({ tracks }) => tracks.map(({ geometry }) => geometry.frameCount))).toEqual([[frameCount]]);
    const geometry = shots[0]?.tracks[0]?.geometry;
    if (!geometry) throw new Error("there is a track");
    expect(geometry.seen.every((seen) => seen === 1)).toBe(true);
    const verdicts = judgeTrack(geometry, usualEligibilityLimits);
    const raw = geometry.anchors;
    const path = alignmentPath(geometry, framesPerSecond);
    const head = carriedPath(raw, geometry.steps);
    const [rawBends, pathBends, headBends] = [bends(raw), bends(path), bends(head)];
    const against = { raw: rms(bends(minus(raw, head))), path: rms(bends(minus(path, head))) };
    const isStill = (at: number): boolean => {
      const first = at - (at % anchorCoordinates);
      return rms(headBends.subarray(first, first + anchorCoordinates)) < stillPx;
    };
    const [rawStill, pathStill] = [rawBends, pathBends].map((values) => values.filter((_, at) => isStill(at)));
    if (!rawStill || !pathStill) throw new Error("there are two paths");
    const still = { raw: rms(rawStill), path: rms(pathStill) };
    console.info(
      [
        `${name}: ${verdicts.filter((verdict) => verdict === undefined).length} of ${frameCount} frames eligible`,
        `second difference of the anchors ${rms(rawBends).toFixed(2)} px as measured, ${rms(pathBends).toFixed(2)} px smoothed; ` +
          `the head's own ${rms(headBends).toFixed(2)} px`,
        `against the head ${against.raw.toFixed(3)} px -> ${against.path.toFixed(3)} px, ${(against.raw / against.path).toFixed(1)} times less`,
        `in ${rawStill.length / anchorCoordinates} frames with a still head ${still.raw.toFixed(3)} px -> ${still.path.toFixed(3)} px, ` +
          `${(still.raw / still.path).toFixed(1)} times less; lag ${lagFrames(path, raw)} frames`,
      ].join("\n  "),
    );
    expect(against.path).toBeLessThan(against.raw / 5);
    expect(rawStill.length).toBeGreaterThan(10 * anchorCoordinates);
    expect(still.path).toBeLessThan(still.raw / 5);
    expect(lagFrames(path, raw)).toBe(0);
    expect(verdicts.filter((verdict) => verdict !== undefined)).toEqual([]);
  }, 900_000);
});
