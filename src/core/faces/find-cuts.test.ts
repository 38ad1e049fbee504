// The cut finder on pictures painted for it: what is a cut, what only looks like one.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { randomFrom } from "../base/index.ts";
import { CutFinder } from "./find-cuts.ts";
import { glanceSize } from "./picture-change.ts";
import { shotsBetween } from "./shots.ts";

type Rgb = readonly number[];

const pixelCount = glanceSize.widthPx * glanceSize.heightPx;

/** A picture of blotches of its own seed. */
function scene(seed: number): Rgb {
  const random = randomFrom(seed);
  const blotches = Array.from({ length: 40 }, () =>
    Array.from({ length: 3 }, () => Math.floor(200 * random.uniform())),
  );
  return Array.from({ length: pixelCount }, (_, pixel) => {
    const [x, y] = [pixel % glanceSize.widthPx, Math.floor(pixel / glanceSize.widthPx)];
    return blotches[Math.floor(x / 8) + 8 * Math.floor(y / 8)] ?? [0, 0, 0];
  }).flat();
}

const held = (picture: Rgb, frames: number): readonly Rgb[] => Array.from({ length: frames }, () => picture);
const mixed = (from: Rgb, to: Rgb, mix: number): Rgb => from.map((value, at) => value + mix * ((to[at] ?? 0) - value));
const dissolve = (from: Rgb, to: Rgb, frames: number): readonly Rgb[] =>
  Array.from({ length: frames }, (_, frame) => mixed(from, to, (frame + 1) / (frames + 1)));

function found(film: readonly Rgb[]): readonly string[] {
  const random = randomFrom(5);
  const finder = new CutFinder();
  for (const picture of film)
    finder.push(
      Uint8ClampedArray.from(picture, (value) => value + 6 * (random.uniform() - 0.5)) as unknown as Uint8Array,
    );
  return finder.finish().map(({ kind, frameIndex }) => `${kind} ${frameIndex}`);
}

const [a, b] = [scene(1), scene(2)];
const white: Rgb = a.map(() => 235);

describe("the cut finder", () => {
  test("finds a cut at the first frame of the new shot, also in the first and last frames", () => {
    for (const at of [1, 2, 30, 58, 59]) expect(found([...held(a, at), ...held(b, 60 - at)])).toEqual([`cut ${at}`]);
  });

  test("finds dissolves of a third of a second to two seconds at their middle", () => {
    for (const frames of [8, 13, 24, 37, 50]) {
      const film = [...held(a, 50), ...dissolve(a, b, frames), ...held(b, 50)];
      const [only, ...more] = found(film);
      expect([only?.split(" ")[0], more]).toEqual(["dissolve", []]);
      expect(Math.abs(Number(only?.split(" ")[1]) - (50 + frames / 2))).toBeLessThanOrEqual(1);
    }
  });

  test("passes over a flash, and sees the cut that hides behind one", () => {
    for (const frames of [1, 2, 4]) {
      const flash = held(mixed(a, white, 0.8), frames);
      expect(found([...held(a, 40), ...flash, ...held(a, 40)])).toEqual([]);
      expect(found([...held(a, 40), ...flash, ...held(b, 40)])).toEqual(["cut 40"]);
    }
  });

  test("keeps a shot of a few frames between two of another place", () => {
    expect(found([...held(a, 30), ...held(b, 3), ...held(a, 30)])).toEqual(["cut 30", "cut 33"]);
  });

  test("sees no cut where only the light changes, slowly", () => {
    const dimmed = a.map((value) => value / 4);
    expect(found([...held(a, 40), ...dissolve(a, dimmed, 30), ...held(dimmed, 40)])).toEqual([]);
  });

  test("takes films of no frame and of one", () => {
    expect(found([])).toEqual([]);
    expect(found([a])).toEqual([]);
  });
});

describe("the shots between cuts", () => {
  test("cover the range without gap or overlap, and none is empty", () => {
    const anyCuts = fc.array(fc.integer({ min: -20, max: 120 }));
    fc.assert(
      fc.property(
        anyCuts,
        fc.integer({ min: 0, max: 50 }),
        fc.integer({ min: 1, max: 60 }),
        (cuts, startFrame, durationFrames) => {
          const shots = shotsBetween(cuts, { startFrame, durationFrames });
          let next = startFrame;
          for (const shot of shots) {
            expect(shot.startFrame).toBe(next);
            expect(shot.durationFrames).toBeGreaterThan(0);
            next += shot.durationFrames;
          }
          expect(next).toBe(startFrame + durationFrames);
        },
      ),
    );
  });
});
