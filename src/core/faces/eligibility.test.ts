// Every reason shows with its number, the first that matters wins, and what was not measured counts for nothing.
import { describe, expect, test } from "vitest";
import { judgeFrames, usualEligibilityLimits } from "./eligibility.ts";
import type { FrameMeasures } from "./eligibility.ts";
import { poseOfMesh, sharpnessOf } from "./face-pose.ts";
import type { FloatPicture } from "./crop-face.ts";

const size = { widthPx: 1920, heightPx: 1080 };
const box = { x: 800, y: 300, width: 200, height: 200 };
const good: FrameMeasures = { box, pose: { yawRadians: 0.2, pitchRadians: -0.1, rollRadians: 1 }, sharpnessRatio: 0.4 };
const run = (frames: number, measures: FrameMeasures): readonly FrameMeasures[] =>
  Array.from({ length: frames }, () => measures);

describe("eligibility", () => {
  test("passes a usual frame, and one of which only the box is known", () => {
    expect(judgeFrames([...run(5, good), ...run(5, { box })], size)).toEqual(Array.from({ length: 10 }));
  });

  test.each([
    [{ ...good, box: undefined }, "no-face", 0],
    [{ ...good, box: { x: 800, y: 300, width: 40, height: 50 } }, "too-small", 50],
    [{ ...good, box: { ...box, x: 1820 } }, "out-of-frame", 0.5],
    [{ ...good, box: { ...box, x: -500 } }, "out-of-frame", 0],
    [{ ...good, pose: { yawRadians: -1.2, pitchRadians: 0, rollRadians: 0 } }, "turned-away", 1.2],
    [{ ...good, pose: { yawRadians: 0, pitchRadians: 0.9, rollRadians: 0 } }, "tilted", 0.9],
    [{ ...good, hiddenRatio: 0.6 }, "mouth-hidden", 0.6],
    [{ ...good, sharpnessRatio: 0.01 }, "blurred", 0.01],
  ] as const)("tells of %j: %s, %f", (measures, reason, measured) => {
    const verdicts = judgeFrames([...run(8, good), measures, ...run(8, good)], size);
    expect(verdicts[8]).toMatchObject({ reason, measured });
    expect(verdicts.filter((verdict) => verdict !== undefined)).toHaveLength(1);
  });

  test("leaves eligible stretches alone that are too short to be worth a change", () => {
    const verdicts = judgeFrames([...run(4, good), { box: undefined }, ...run(5, good)], size);
    const short = { reason: "short-run", measured: 4, limit: usualEligibilityLimits.leastRunFrames };
    expect(verdicts.slice(0, 4)).toEqual([short, short, short, short]);
    expect(verdicts.slice(5)).toEqual(Array.from({ length: 5 }));
  });
});

describe("the pose of a mesh", () => {
  /** Four points of a head, turned about its axes: yaw to the picture's right, then pitch up, then roll clockwise. */
  function mesh(yaw: number, pitch: number, roll: number): Float32Array {
    const landmarks = new Float32Array(468 * 3);
    const place = (index: number, [x, y, z]: readonly [number, number, number]) => {
      const [x1, z1] = [x * Math.cos(yaw) - z * Math.sin(yaw), x * Math.sin(yaw) + z * Math.cos(yaw)];
      const [y1, z2] = [y * Math.cos(pitch) + z1 * Math.sin(pitch), -y * Math.sin(pitch) + z1 * Math.cos(pitch)];
      const [x2, y2] = [x1 * Math.cos(roll) - y1 * Math.sin(roll), x1 * Math.sin(roll) + y1 * Math.cos(roll)];
      landmarks.set([500 + x2, 400 + y2, z2], 3 * index);
    };
    place(33, [-45, -20, 0]);
    place(263, [45, -20, 0]);
    place(10, [0, -80, 0]);
    place(152, [0, 80, 0]);
    return landmarks;
  }

  test.each([
    [0.6, 0, 0],
    [-0.9, 0, 0.4],
    [0, 0.5, 0],
    [0, -0.5, -1],
  ])("is read off its depth: yaw %f, pitch %f, roll %f", (yaw, pitch, roll) => {
    const pose = poseOfMesh(mesh(yaw, pitch, roll));
    expect(pose.yawRadians).toBeCloseTo(yaw, 4);
    expect(pose.pitchRadians).toBeCloseTo(pitch, 4);
    expect(pose.rollRadians).toBeCloseTo(roll, 4);
  });
});

describe("sharpness", () => {
  const bands = (widthPx: number, strength: number): FloatPicture => ({
    channels: 1,
    widthPx: 64,
    heightPx: 64,
    values: Float32Array.from(
      { length: 64 * 64 },
      (_, at) => strength * Math.tanh((5 * Math.sin((at % 64) / 8)) / widthPx),
    ),
  });

  test("falls with blur and not with contrast, and a flat picture has none", () => {
    const [sharp, soft] = [sharpnessOf(bands(0.5, 1)) ?? NaN, sharpnessOf(bands(6, 1)) ?? NaN];
    expect(sharp).toBeGreaterThan(2 * soft);
    expect(sharpnessOf(bands(0.5, 0.1))).toBeCloseTo(sharp, 4);
    expect(sharpnessOf({ ...bands(1, 0) })).toBeUndefined();
  });
});
