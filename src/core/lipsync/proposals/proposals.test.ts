// Rules of proposals: whose mouth, when, joined over pauses, padded while the face is seen, never across a cut.
import { describe, expect, test } from "vitest";
import type { RecordId } from "../../../shared/project/index.ts";
import { endFrameOf, rangeBetween } from "../../../shared/time/index.ts";
import { movingFrames } from "./mouth-motion.ts";
import { proposeSegments } from "./propose-segments.ts";
import type { Scene, VisibleFace } from "./propose-segments.ts";

type Span = readonly [from: number, to: number];
const ranges = (spans: readonly Span[]) => spans.map(([from, to]) => rangeBetween(from, to));
const who = (name: string) => `character:${name}` as RecordId<"character">;
const [anna, ben] = [who("anna"), who("ben")];

const face = (
  characterId: VisibleFace["characterId"],
  eligible: readonly Span[],
  moving: readonly Span[] = [],
  medianFaceSizePx = 200,
): VisibleFace => ({ characterId, medianFaceSizePx, eligible: ranges(eligible), moving: ranges(moving) });
const says = (characterId: VisibleFace["characterId"], ...spans: readonly Span[]) => ({
  characterId,
  speech: ranges(spans),
});
const rules = { basis: "both", mergeGapFrames: 10, paddingFrames: 3, leastFrames: 5 } as const;
const oneShot = ranges([[0, 1000]]);
const outline = (scene: Partial<Scene>, more: Partial<Parameters<typeof proposeSegments>[1]> = {}) =>
  proposeSegments({ faces: [], tracks: [], shots: oneShot, ...scene }, { ...rules, ...more }).map((each) => [
    each.characterId === null ? null : each.characterId.slice("character:".length),
    each.startFrame,
    endFrameOf(each),
  ]);

describe("a proposal", () => {
  test("lies where an eligible face and its new speech meet, with a little before and after", () => {
    expect(outline({ faces: [face(anna, [[100, 200]])], tracks: [says(anna, [50, 120], [150, 160])] })).toEqual([
      ["anna", 100, 123],
      ["anna", 147, 163],
    ]);
  });

  test("lies where the mouth of the source moved, too: without new words it has to rest", () => {
    const faces = [face(anna, [[100, 200]], [[110, 130]])];
    expect(outline({ faces })).toEqual([["anna", 107, 133]]);
    expect(outline({ faces }, { basis: "speech" })).toEqual([]);
  });

  test("goes on over short pauses and ends at long ones", () => {
    const faces = [face(anna, [[0, 500]])];
    expect(outline({ faces, tracks: [says(anna, [50, 80], [90, 100], [120, 130])] })).toEqual([
      ["anna", 47, 103],
      ["anna", 117, 133],
    ]);
  });

  test("ends with its shot, and begins anew in the next", () => {
    const scene = {
      faces: [face(anna, [[0, 500]])],
      tracks: [says(anna, [50, 150])],
      shots: ranges([
        [0, 100],
        [100, 500],
      ]),
    };
    expect(outline(scene)).toEqual([
      ["anna", 47, 100],
      ["anna", 100, 153],
    ]);
  });

  test("shorter than what is worth it is none", () => {
    expect(outline({ faces: [face(anna, [[100, 104]])], tracks: [says(anna, [50, 300])] })).toEqual([]);
  });

  test("for a face that is never eligible is none, whatever is said", () => {
    expect(outline({ faces: [face(anna, [])], tracks: [says(anna, [0, 500])] })).toEqual([]);
    expect(outline({ tracks: [says(null, [0, 500])] })).toEqual([]);
  });
});

describe("whose words", () => {
  test("stand in a track of their own are that character's alone", () => {
    const faces = [face(anna, [[0, 500]]), face(ben, [[0, 500]])];
    expect(outline({ faces, tracks: [says(anna, [50, 80]), says(ben, [200, 240])] })).toEqual([
      ["anna", 47, 83],
      ["ben", 197, 243],
    ]);
  });

  test("stand in a mix are those of the mouth that moved meanwhile; of all who are seen when none did", () => {
    const faces = [face(anna, [[0, 500]], [[60, 70]]), face(ben, [[0, 500]])];
    expect(outline({ faces, tracks: [says(null, [50, 80], [200, 220])] })).toEqual([
      ["anna", 47, 83],
      ["anna", 197, 223],
      ["ben", 197, 223],
    ]);
  });

  test("stand in a mix are not those of one who has a track of her own", () => {
    const faces = [face(anna, [[0, 500]]), face(ben, [[0, 500]])];
    expect(outline({ faces, tracks: [says(null, [50, 80]), says(anna, [300, 320])] })).toEqual([
      ["ben", 47, 83],
      ["anna", 297, 323],
    ]);
  });

  test("nobody has a name for are proposed for the largest face, once", () => {
    const faces = [face(null, [[0, 500]], [[50, 80]], 80), face(null, [[100, 300]], [[110, 120]], 300)];
    const found = outline({ faces, tracks: [says(null, [60, 140])] });
    expect(found).toEqual([[null, 47, 143]]);
  });
});

describe("a mouth moves", () => {
  test("around frames where its opening travels, and not where it stands open or trembles", () => {
    const openings = Float32Array.from({ length: 60 }, (_, frame) => {
      if (frame < 20) return 0.05 + 0.004 * (frame % 2);
      return frame < 40 ? 0.05 + 0.04 * Math.sin(frame) : NaN;
    });
    const [moving, ...more] = movingFrames(openings, 3);
    expect(more).toEqual([]);
    expect(moving && [moving.startFrame, endFrameOf(moving)]).toEqual([17, 42]);
    expect(movingFrames(openings.fill(0.2), 3)).toEqual([]);
  });
});
