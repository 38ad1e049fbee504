// Tracks of made detections: two faces crossing, one leaving and returning, gaps, false faces, crowds.
import { describe, expect, test } from "vitest";
import { randomFrom } from "../base/index.ts";
import type { FaceDetection } from "../models/index.ts";
import { trackFaces } from "./track-faces.ts";

function face(x: number, y: number, { sizePx = 100, scoreRatio = 0.9 } = {}): FaceDetection {
  const centre = { x, y };
  const names = ["leftEye", "rightEye", "noseTip", "mouth", "leftEar", "rightEar"] as const;
  const points = Object.fromEntries(names.map((name) => [name, centre])) as FaceDetection["points"];
  return { box: { x: x - sizePx / 2, y: y - sizePx / 2, width: sizePx, height: sizePx }, points, scoreRatio };
}

type Frame = readonly FaceDetection[];
const film = (frames: number, see: (frame: number) => readonly (FaceDetection | undefined)[]): readonly Frame[] =>
  Array.from({ length: frames }, (_, frame) => see(frame).filter((found) => found !== undefined));

const middles = (track: ReturnType<typeof trackFaces>[number] | undefined): readonly number[] =>
  track?.boxes.map(({ x, width }) => x + width / 2) ?? [];

describe("face tracks", () => {
  test("keep two faces apart that cross, one of them hidden while they do", () => {
    const frames = film(60, (frame) => [
      face(100 + 10 * frame, 300, { sizePx: 110 }),
      frame > 26 && frame < 33 ? undefined : face(700 - 10 * frame, 310, { sizePx: 90 }),
    ]);
    const tracks = trackFaces(frames, 0);
    expect(tracks).toHaveLength(2);
    const [first, second] = tracks.map(middles);
    expect(first).toEqual(Array.from({ length: 60 }, (_, frame) => 100 + 10 * frame));
    for (const [frame, x] of (second ?? []).entries()) expect(x).toBeCloseTo(700 - 10 * frame, 6);
    expect(tracks[1]?.detections.filter((found) => found === undefined)).toHaveLength(6);
  });

  test("fill short gaps and end before long ones: who leaves and returns has two tracks", () => {
    const frames = film(100, (frame) => [
      (frame > 20 && frame < 29) || (frame >= 45 && frame < 75) ? undefined : face(300, 200),
    ]);
    expect(trackFaces(frames, 1000).map(({ startFrame, boxes }) => [startFrame, boxes.length])).toEqual([
      [1000, 45],
      [1075, 25],
    ]);
  });

  test("leave out what was seen too seldom, too weakly or in too few frames", () => {
    const frames = film(50, (frame) => [
      face(200, 200),
      frame >= 10 && frame < 13 ? face(800, 200) : undefined,
      frame % 8 === 0 ? face(800, 800) : undefined,
      face(1400, 200, { scoreRatio: 0.5 }),
    ]);
    const tracks = trackFaces(frames, 0);
    expect(tracks.map((track) => middles(track)[0])).toEqual([200]);
  });

  test("follow a face that runs, shakes and comes closer", () => {
    const random = randomFrom(4);
    const frames = film(80, (frame) => [
      face(100 + 30 * frame + 8 * random.uniform(), 400 + 60 * Math.sin(frame / 5), { sizePx: 60 * 1.02 ** frame }),
    ]);
    const [track, ...more] = trackFaces(frames, 0);
    expect([track?.boxes.length, more]).toEqual([80, []]);
  });

  test("are told apart by their looks where places would join the wrong ones: two meet, wait and turn back", () => {
    const look = (value: number) => Float32Array.from([value, 0.4 - value]);
    // As with hidden faces, the boxes of both are lost while they lie on each other.
    const x = (frame: number) => (frame < 30 ? 100 + 10 * frame : 400 - 10 * (frame - 30));
    const frames = film(60, (frame) =>
      frame > 25 && frame < 35
        ? []
        : [
            { ...face(x(frame), 300), appearance: look(0) },
            { ...face(800 - x(frame), 300), appearance: look(0.4) },
          ],
    );
    const tracks = trackFaces(frames, 0);
    expect(tracks).toHaveLength(2);
    for (const track of tracks) {
      const looks = track.detections.flatMap((found) => (found?.appearance ? [found.appearance[0]] : []));
      expect(new Set(looks).size).toBe(1);
    }
  });

  test("are not joined over a gap by someone who looks otherwise", () => {
    const frames = film(40, (frame) => [
      frame < 20 ? { ...face(300, 200), appearance: Float32Array.from([0, 1]) } : undefined,
      frame > 22 ? { ...face(300, 200), appearance: Float32Array.from([1, 0]) } : undefined,
    ]);
    expect(trackFaces(frames, 0).map(({ startFrame, boxes }) => [startFrame, boxes.length])).toEqual([
      [0, 20],
      [23, 17],
    ]);
  });

  test("are kept in a shot of one frame", () => {
    expect(
      trackFaces(
        film(1, () => [face(200, 200)]),
        70,
      ),
    ).toHaveLength(1);
  });

  test("stay true in a crowd of 200 that sways", () => {
    const places = Array.from({ length: 200 }, (_, person) => [
      60 + 90 * (person % 20),
      60 + 100 * Math.floor(person / 20),
    ]);
    const random = randomFrom(8);
    const frames = film(12, (frame) =>
      places.map(([x = 0, y = 0]) => face(x + 15 * Math.sin(frame / 2 + y), y + 4 * random.uniform(), { sizePx: 50 })),
    );
    const tracks = trackFaces(frames, 0);
    expect(tracks).toHaveLength(200);
    for (const track of tracks) expect(Math.max(...middles(track)) - Math.min(...middles(track))).toBeLessThan(31);
  });

  test("are none without faces, and without frames", () => {
    expect(trackFaces([], 0)).toEqual([]);
    expect(trackFaces([[], [], []], 0)).toEqual([]);
  });
});
