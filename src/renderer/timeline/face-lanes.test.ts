// The lane view decides from plain values: who lies where, what of it is in the window, what can be told apart.
import { describe, expect, test } from "vitest";
import { recordSchemas } from "../../shared/project/index.ts";
import type { Character, FaceTrack, Shot } from "../../shared/project/index.ts";
import { faceLanes, mostRows, tracksWithin } from "./face-rows.ts";
import { pieceAt, shotPieces, trackPieces } from "./lane-pieces.ts";
import type { VerdictRun } from "./lane-pieces.ts";

const character = (name: string, order: number): Character =>
  recordSchemas.character.parse({
    type: "character",
    id: `character:${name}`,
    name,
    order,
    hueDegrees: 0,
    consent: null,
  });
const sha = (index: number): string => index.toString(16).padStart(64, "0");
let count = 0;
const track = (startFrame: number, durationFrames: number, owner: string | null = null): FaceTrack =>
  recordSchemas["face-track"].parse({
    type: "face-track",
    id: `face-track:${(count += 1)}`,
    reelId: "reel:a",
    startFrame,
    durationFrames,
    characterId: owner === null ? null : `character:${owner}`,
    geometrySha256: sha(count),
    decidedBy: "detector",
    eligibleFrames: durationFrames,
    medianFaceSizePx: 100,
  });
const shot = (startFrame: number, durationFrames: number): Shot =>
  recordSchemas.shot.parse({
    type: "shot",
    id: `shot:${(count += 1)}`,
    reelId: "reel:a",
    startFrame,
    durationFrames,
    opensWith: "cut",
    decidedBy: "detector",
  });
const view = { startFrame: 100, framesPerPx: 0.5, widthPx: 400 };

describe("lanes", () => {
  test("follow the order of the characters; tracks of nobody, and of one who was removed, come last", () => {
    const characters = [character("ben", 0), character("anna", 1), character("unseen", 2)];
    const lanes = faceLanes(
      [track(0, 10, "anna"), track(0, 10, "gone"), track(20, 10, "ben"), track(30, 5)],
      characters,
    );
    expect(lanes.map((lane) => [lane.character?.name, lane.rows.flat().length])).toEqual([
      ["ben", 1],
      ["anna", 1],
      [undefined, 2],
    ]);
  });

  test("put faces that are seen at once under each other, and no more rows than can be read", () => {
    const [lane] = faceLanes([track(0, 50), track(10, 50), track(50, 10), track(60, 10)], []);
    expect(lane?.rows.map((row) => row.map(({ startFrame }) => startFrame))).toEqual([[0, 50, 60], [10]]);
    const crowd = faceLanes(
      Array.from({ length: 200 }, () => track(0, 50)),
      [],
    );
    expect(crowd[0]?.rows).toHaveLength(mostRows);
  });

  test("find what is in the window among many without missing what reaches into it", () => {
    const row = Array.from({ length: 1000 }, (_, index) => track(index * 10, 10));
    expect(tracksWithin(row, 4995, 5010).map(({ startFrame }) => startFrame)).toEqual([4990, 5000]);
    expect(tracksWithin(row, 20_000, 30_000)).toEqual([]);
    expect(tracksWithin([track(0, 9000)], 4000, 4001)).toHaveLength(1);
  });
});

describe("pieces", () => {
  const runs: readonly VerdictRun[] = [
    { startFrame: 90, durationFrames: 30, reason: null, measured: null, limit: null },
    { startFrame: 120, durationFrames: 20, reason: "turned-away", measured: 1.1, limit: 0.96 },
  ];

  test("show a track run by run where its frames can be told apart, and only what is in the window", () => {
    const wide = { ...track(90, 50), eligibleFrames: 30 };
    const pieces = trackPieces([wide], view, new Map([[wide.geometrySha256, runs]]));
    expect(pieces.map(({ look, leftPx, widthPx }) => [look, leftPx, widthPx])).toEqual([
      ["eligible", -20, 60],
      ["turned-away", 40, 40],
    ]);
    expect(pieceAt(pieces, 41)?.run?.reason).toBe("turned-away");
    expect(pieceAt(pieces, 200)).toBeUndefined();
  });

  test("show a track as a whole where it is narrow or not judged yet", () => {
    const judged = { ...track(120, 5), eligibleFrames: 0 };
    expect(trackPieces([judged], view, new Map())).toMatchObject([{ look: "partly", leftPx: 40, widthPx: 10 }]);
    expect(trackPieces([track(120, 80)], view, new Map())).toMatchObject([{ look: "eligible" }]);
  });

  test("are as few as there are pixels, however many tracks there are", () => {
    const row = Array.from({ length: 8000 }, (_, index) => track(index * 20, 20));
    const far = { startFrame: 0, framesPerPx: 400, widthPx: 400 };
    expect(trackPieces(row, far, new Map()).length).toBeLessThanOrEqual(401);
    const shots = Array.from({ length: 8000 }, (_, index) => shot(index * 20, 20));
    expect(shotPieces(shots, far).length).toBeLessThanOrEqual(201);
  });

  test("number shots as the reel does", () => {
    const shots = [shot(0, 50), shot(50, 100), shot(150, 300)];
    expect(shotPieces(shots, view).map(({ shotNumber, leftPx }) => [shotNumber, leftPx])).toEqual([
      [2, -100],
      [3, 100],
    ]);
  });
});
