// A track's file keeps what was measured to a stated precision, believes nothing it reads, and takes hand work without loss.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { randomFrom } from "../../base/index.ts";
import { DubError } from "../../../shared/failure/index.ts";
import { usualEligibilityLimits } from "../eligibility.ts";
import {
  alignmentPath,
  correctedBoxes,
  excludeFrames,
  mergeTracks,
  moveAnchors,
  moveBox,
  partOfTrack,
} from "./corrections.ts";
import { decodeTrackGeometry, encodeTrackGeometry } from "./geometry-format.ts";
import { judgeTrack, summariseTrack, verdictRuns } from "./judge-track.ts";
import { boxAt, landmarkAt, noCorrections, storedMeshPoints } from "./track-geometry.ts";
import type { TrackGeometry } from "./track-geometry.ts";

/** A face of 200 px that drifts to the right and trembles. */
function madeTrack(frameCount: number, seed = 1): TrackGeometry {
  const random = randomFrom(seed);
  const noise = (): number => (random.uniform() - 0.5) * 0.6;
  const points = storedMeshPoints.length;
  const leftOf = (frame: number): number => 300 + 2 * frame;
  return {
    frameCount,
    frameSize: { widthPx: 1920, heightPx: 1080 },
    rotationDegrees: 0,
    seen: new Uint8Array(frameCount).fill(1),
    boxes: Float64Array.from({ length: 4 * frameCount }, (_, at) =>
      at % 4 > 1 ? 200 + noise() : at % 4 === 0 ? leftOf(at / 4) + noise() : 250 + noise(),
    ),
    anchors: Float64Array.from({ length: 6 * frameCount }, (_, at) => {
      const frame = Math.floor(at / 6);
      const place = [50, 300, 150, 300, 100, 370][at % 6] ?? 0;
      return place + (at % 2 === 0 ? leftOf(frame) : 0) + noise();
    }),
    // The head is known to drift; now and then nobody saw by how much.
    steps: Float32Array.from({ length: 6 * frameCount }, (_, at) =>
      Math.floor(at / 6) % 7 === 0 ? NaN : at % 2 === 0 ? 2 : 0,
    ),
    meshPoints: storedMeshPoints,
    mesh: Float32Array.from({ length: 2 * points * frameCount }, (_, at) =>
      at % 2 === 0 ? leftOf(Math.floor(at / (2 * points))) + 200 * random.uniform() : 250 + 200 * random.uniform(),
    ),
    pose: Float32Array.from({ length: 3 * frameCount }, () => noise()),
    presenceRatio: new Float32Array(frameCount).fill(0.99),
    sharpnessRatio: new Float32Array(frameCount).fill(0.4),
    hiddenRatio: new Float32Array(frameCount).fill(NaN),
    corrections: noCorrections,
    appearance: Float32Array.from({ length: 60 }, () => noise()),
  };
}

const largest = (left: ArrayLike<number>, right: ArrayLike<number>): number =>
  Array.from(left).reduce((most, value, at) => Math.max(most, Math.abs(value - (right[at] ?? NaN))), 0);

describe("the file of a track", () => {
  test("keeps anchors and boxes to 1.3e-4 px, landmarks to 1/16384 of the face, and what a person did exactly", () => {
    const moved = moveBox(madeTrack(30), 4, { x: 1, y: 2, width: 100.1, height: 99.9 });
    const corrected = moveAnchors(moved, 10, { anchors: { nose: { x: 420.125, y: 372.3 } }, framesPerSecond: 24 });
    const made = excludeFrames(corrected, { startFrame: 3, durationFrames: 5 }, "exclude");
    // As a file is read: a Buffer somewhere in memory that others use, too.
    const bytes = encodeTrackGeometry(made);
    const shared = Buffer.concat([Buffer.alloc(3), bytes]);
    const read = decodeTrackGeometry(shared.subarray(3));
    expect(largest(read.anchors, made.anchors)).toBeLessThanOrEqual(1.3e-4);
    expect(largest(read.boxes, made.boxes)).toBeLessThanOrEqual(1.3e-4);
    expect(largest(read.mesh, made.mesh)).toBeLessThanOrEqual(202 / 16_384 + 1e-4);
    expect(largest(read.pose, made.pose)).toBeLessThanOrEqual(5.1e-5);
    expect(read.hiddenRatio.every(Number.isNaN)).toBe(true);
    expect(read.corrections).toEqual(made.corrections);
    expect(read.appearance).toEqual(made.appearance);
    expect(encodeTrackGeometry(read)).toEqual(bytes);
  });

  test("that is torn, changed or made up is refused by name or read, and never anything else", () => {
    const sound = encodeTrackGeometry(moveBox(madeTrack(9), 4, { x: 1, y: 2, width: 100, height: 99 }));
    const outcome = (bytes: Uint8Array): string => {
      try {
        decodeTrackGeometry(bytes);
        return "read";
      } catch (error) {
        expect(error).toBeInstanceOf(DubError);
        return "refused";
      }
    };
    for (let length = 0; length < sound.length; length += 1) expect(outcome(sound.slice(0, length))).toBe("refused");
    expect(outcome(new Uint8Array([...sound, 0, 0, 0, 0, 0, 0, 0, 0]))).toBe("refused");
    let refusals = 0;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 255 }), (at, value) => {
        const bytes = sound.slice();
        bytes[at] = value;
        if (outcome(bytes) === "refused") refusals += 1;
      }),
      { seed: 4, numRuns: 400 },
    );
    expect(refusals).toBeGreaterThan(20);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const headed = sound.slice();
        headed.set(bytes, 8);
        outcome(headed);
      }),
      { seed: 5, numRuns: 200 },
    );
  });

  test("of a two-hour film with 8,000 tracks stays under 300 MB together", () => {
    // 172,800 frames at 24 a second with two and a half faces in each: 54 frames a track.
    const bytesPerTrack = encodeTrackGeometry(madeTrack(54)).length;
    const totalMb = (8000 * bytesPerTrack) / 1e6;
    console.info(
      `8,000 tracks of 54 frames: ${totalMb.toFixed(0)} MB, ${(bytesPerTrack / 54).toFixed(0)} bytes a frame`,
    );
    expect(totalMb).toBeLessThan(300);
  });
});

describe("hand work", () => {
  test("a moved box holds at its key frame, changes evenly to the next and stays after the last", () => {
    const track = madeTrack(21);
    const from = boxAt(track, 5);
    const moved = moveBox(moveBox(track, 5, from), 15, { ...boxAt(track, 15), x: boxAt(track, 15).x + 40 });
    const boxes = correctedBoxes(moved);
    const shift = (frame: number): number => (boxes[4 * frame] ?? 0) - boxAt(track, frame).x;
    expect([0, 5, 10, 15, 20].map(shift).map((value) => Math.round(value * 1e6) / 1e6)).toEqual([0, 0, 20, 40, 40]);
  });

  test("a moved anchor is where it was put, and the others stay", () => {
    const track = madeTrack(40);
    const before = alignmentPath(track, 25);
    const moved = moveAnchors(track, 20, { anchors: { nose: { x: 500, y: 400 } }, framesPerSecond: 25 });
    const after = alignmentPath(moved, 25);
    expect(after[6 * 20 + 4]).toBeCloseTo(500, 9);
    expect(after[6 * 20 + 5]).toBeCloseTo(400, 9);
    expect(after[6 * 20]).toBeCloseTo(before[6 * 20] ?? NaN, 9);
    const again = moveAnchors(moved, 20, { anchors: { nose: { x: 510, y: 400 } }, framesPerSecond: 25 });
    expect(alignmentPath(again, 25)[6 * 20 + 4]).toBeCloseTo(510, 9);
    expect(again.corrections.anchorKeys).toHaveLength(1);
  });

  test("splitting a track and merging its parts gives the track back, corrections where they were", () => {
    const track = excludeFrames(madeTrack(30), { startFrame: 8, durationFrames: 6 }, "exclude");
    const moved = moveBox(moveBox(track, 2, boxAt(track, 3)), 25, boxAt(track, 20));
    const parts = [
      partOfTrack(moved, { startFrame: 0, durationFrames: 10 }),
      partOfTrack(moved, { startFrame: 10, durationFrames: 20 }),
    ];
    const [first, second] = parts;
    if (!first || !second) throw new Error("two parts");
    expect(first.corrections.excluded).toEqual([{ startFrame: 8, durationFrames: 2 }]);
    expect(second.corrections.excluded).toEqual([{ startFrame: 0, durationFrames: 4 }]);
    const merged = mergeTracks({ startFrame: 110, geometry: second }, { startFrame: 100, geometry: first });
    expect(merged.startFrame).toBe(100);
    expect(merged.geometry.anchors).toEqual(moved.anchors);
    expect(merged.geometry.corrections.excluded).toEqual([{ startFrame: 8, durationFrames: 6 }]);
    expect(largest(correctedBoxes(merged.geometry), correctedBoxes(moved))).toBeLessThan(1e-9);
  });

  test("merging over a gap fills it as unseen, on the way from one side to the other", () => {
    const [early, late] = [madeTrack(5), madeTrack(5, 2)];
    const { geometry } = mergeTracks({ startFrame: 0, geometry: early }, { startFrame: 9, geometry: late });
    expect([...geometry.seen]).toEqual([1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
    const between = boxAt(geometry, 7).y;
    expect(between).toBeGreaterThan(Math.min(boxAt(early, 4).y, boxAt(late, 0).y));
    expect(between).toBeLessThan(Math.max(boxAt(early, 4).y, boxAt(late, 0).y));
    expect(Number.isNaN(landmarkAt(geometry, 7, 152).x)).toBe(false);
  });

  test("an excluded frame is not eligible, and says so", () => {
    const track = excludeFrames(madeTrack(40), { startFrame: 10, durationFrames: 10 }, "exclude");
    const runs = verdictRuns(judgeTrack(track, usualEligibilityLimits));
    expect(runs.map(({ durationFrames, reason }) => [durationFrames, reason])).toEqual([
      [10, undefined],
      [10, "excluded"],
      [20, undefined],
    ]);
    expect(summariseTrack(track, usualEligibilityLimits)).toMatchObject({
      eligibleFrames: 30,
      ineligibleFrames: { excluded: 10 },
    });
    const back = excludeFrames(track, { startFrame: 0, durationFrames: 40 }, "include");
    expect(summariseTrack(back, usualEligibilityLimits).eligibleFrames).toBe(40);
  });
});
