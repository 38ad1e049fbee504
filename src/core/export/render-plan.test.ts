// Rules of a render's plan: which frames are touched, where takes fade, and that a part looks as it does in the whole.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { endFrameOf, rangeBetween } from "../../shared/time/index.ts";
import { mixFades, planRender } from "./render-plan.ts";
import type { PlacedTake } from "./render-plan.ts";

const take = (name: string, startFrame: number, endFrame: number, more: Partial<PlacedTake> = {}): PlacedTake => ({
  takeId: name,
  segmentId: `segment of ${name}`,
  characterId: "anna",
  segment: rangeBetween(startFrame, endFrame),
  painted: [rangeBetween(startFrame, endFrame)],
  ...more,
});
const whole = rangeBetween(0, 100);
const usual = { range: whole, cutFrames: [], fadeFrames: 2 };
const outline = (plan: ReturnType<typeof planRender>) =>
  plan.spans.map((span) => [span.startFrame, endFrameOf(span), span.layers.map(({ takeId }) => takeId).join()]);

describe("spans", () => {
  test("cover the range; those without a layer are the source's own", () => {
    const plan = planRender({ ...usual, takes: [take("a", 10, 30), take("b", 20, 40, { characterId: "ben" })] });
    expect(outline(plan)).toEqual([
      [0, 10, ""],
      [10, 20, "a"],
      [20, 30, "a,b"],
      [30, 40, "b"],
      [40, 100, ""],
    ]);
    expect(plan.touchedFrames).toBe(30);
  });

  test("of a take that reaches beyond its segment end with the segment", () => {
    const long = take("a", 10, 20, { painted: [rangeBetween(5, 40)] });
    expect(planRender({ ...usual, takes: [long] }).touchedFrames).toBe(10);
  });

  test("leave out frames for which a take has no face", () => {
    const torn = take("a", 10, 40, { painted: [rangeBetween(10, 20), rangeBetween(30, 40)] });
    expect(outline(planRender({ ...usual, takes: [torn] })).map(([, , names]) => names)).toEqual([
      "",
      "a",
      "",
      "a",
      "",
    ]);
  });

  test("are whatever the range: it is covered once, and frames are touched as in the whole", () => {
    const ranges = fc.tuple(fc.nat(99), fc.integer({ min: 1, max: 100 }), fc.integer({ min: 0, max: 3 }));
    fc.assert(
      fc.property(
        fc.array(ranges, { maxLength: 6 }),
        fc.nat(98),
        fc.integer({ min: 1, max: 99 }),
        (spans, from, length) => {
          const takes = spans.map(([startFrame, durationFrames, face], index) =>
            take(`take ${index}`, startFrame, Math.min(100, startFrame + durationFrames), {
              characterId: String(face),
            }),
          );
          const range = rangeBetween(from, Math.min(100, from + length));
          const part = planRender({ ...usual, range, takes });
          const all = planRender({ ...usual, takes });
          const shownIn = (plan: typeof all, frame: number) =>
            plan.spans
              .filter((span) => frame >= span.startFrame && frame < endFrameOf(span))
              .map(({ layers }) => layers.map((layer) => [layer.takeId, mixFades(layer, frame)]));
          for (let frame = range.startFrame; frame < endFrameOf(range); frame++) {
            expect(shownIn(part, frame)).toEqual(shownIn(all, frame));
            expect(shownIn(part, frame)).toHaveLength(1);
          }
          expect(part.spans.reduce((sum, span) => sum + span.durationFrames, 0)).toBe(range.durationFrames);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe("fades", () => {
  const fadesOf = (takes: readonly PlacedTake[], cutFrames: readonly number[] = []) =>
    planRender({ ...usual, takes, cutFrames }).layers.map((layer) => [layer.fadeInFrames, layer.fadeOutFrames]);

  test("soften a take where it begins and ends within a shot", () => {
    expect(fadesOf([take("a", 10, 20)])).toEqual([[2, 2]]);
    const [layer] = planRender({ ...usual, takes: [take("a", 10, 20)] }).layers;
    const shown = layer ? Array.from({ length: 10 }, (_, place) => Math.round(300 * mixFades(layer, 10 + place))) : [];
    expect(shown).toEqual([100, 200, 300, 300, 300, 300, 300, 300, 200, 100]);
  });

  test("do not cross a cut, the reel's beginning, or into another take of the same face", () => {
    expect(fadesOf([take("a", 10, 20)], [10, 20])).toEqual([[0, 0]]);
    expect(fadesOf([take("a", 0, 20)])).toEqual([[0, 2]]);
    expect(fadesOf([take("a", 10, 20), take("b", 20, 30)])).toEqual([
      [2, 0],
      [0, 2],
    ]);
    expect(fadesOf([take("a", 10, 20), take("b", 20, 30, { characterId: "ben" })])).toEqual([
      [2, 2],
      [2, 2],
    ]);
  });

  test("of a take over a cut are those of its parts", () => {
    expect(fadesOf([take("a", 10, 20)], [15])).toEqual([
      [2, 0],
      [0, 2],
    ]);
  });

  test("of a single frame show some of it", () => {
    const [layer] = planRender({ ...usual, takes: [take("a", 10, 11)] }).layers;
    expect(layer && mixFades(layer, 10)).toBeCloseTo(1 / 3);
  });
});
