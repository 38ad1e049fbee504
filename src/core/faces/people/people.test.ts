// Appearance: light does not count, shape and colour do. Suggestions: who looks alike is one person, unless seen together.
import { describe, expect, test } from "vitest";
import { randomFrom } from "../../base/index.ts";
import { appearanceOf, likenessOf, portraitSizePx, usualAppearance } from "./appearance.ts";
import { suggestPeople } from "./suggest-people.ts";
import type { TrackLooks } from "./suggest-people.ts";

type Colour = readonly [number, number, number];

/** An oval of one colour with dark bars, at places of its own, before a background. */
function portrait({ skin, bars, background }: { skin: Colour; bars: readonly number[]; background: Colour }) {
  const planePx = portraitSizePx ** 2;
  return Float32Array.from({ length: 3 * planePx }, (_, at) => {
    const [channel, row, column] = [
      Math.floor(at / planePx),
      Math.floor((at % planePx) / portraitSizePx),
      at % portraitSizePx,
    ];
    const isHead = Math.hypot((column - 15.5) / 12, (row - 15.5) / 15) < 1;
    if (!isHead) return background[channel] ?? 0;
    return (skin[channel] ?? 0) * (bars.some((bar) => Math.abs(row - bar) < 1.5) ? 0.4 : 1);
  });
}

const green: Colour = [0.1, 0.6, 0.2];
const one = { skin: [0.8, 0.6, 0.5] as const, bars: [10, 24], background: green };
const other = { skin: [0.5, 0.33, 0.22] as const, bars: [13, 20], background: green };

describe("appearance", () => {
  test("does not see the light, nor what is behind a head", () => {
    const usual = appearanceOf(portrait(one));
    const dim = appearanceOf(portrait(one).map((value) => 0.5 * value));
    const elsewhere = appearanceOf(portrait({ ...one, background: [0.2, 0.2, 0.9] }));
    expect(likenessOf(usual, dim)).toBeGreaterThan(0.99);
    expect(likenessOf(usual, elsewhere)).toBeGreaterThan(0.8);
  });

  test("tells faces of another build or colour apart", () => {
    expect(likenessOf(appearanceOf(portrait(one)), appearanceOf(portrait(other)))).toBeLessThan(0.2);
    expect(likenessOf(appearanceOf(portrait(one)), appearanceOf(portrait({ ...one, bars: other.bars })))).toBeLessThan(
      0.5,
    );
  });

  test("of a track is that of most of its frames, whatever the others show", () => {
    const [usual, odd] = [appearanceOf(portrait(one)), appearanceOf(portrait(other))];
    const mean = usualAppearance([usual, odd, usual, usual, odd, usual, usual]);
    expect(mean && likenessOf(mean, usual)).toBeGreaterThan(0.99);
    expect(usualAppearance([])).toBeUndefined();
  });

  test("takes a black picture", () => {
    expect(appearanceOf(new Float32Array(3 * portraitSizePx ** 2)).every(Number.isFinite)).toBe(true);
  });
});

describe("suggested people", () => {
  const random = randomFrom(3);
  /** Near the person's own place on the unit sphere of 8 dimensions. */
  const embedding = (person: number, noise = 0.1) =>
    Float32Array.from({ length: 8 }, (_, place) => (place === person ? 1 : 0) + noise * (random.uniform() - 0.5));
  const track = (trackId: string, startFrame: number, looks: Partial<TrackLooks>): TrackLooks => ({
    trackId,
    reelId: "reel",
    range: { startFrame, durationFrames: 50 },
    ...looks,
  });
  const groups = (tracks: readonly TrackLooks[]) =>
    suggestPeople(tracks)
      .people.map(({ tracks: members }) =>
        members
          .map(({ trackId }) => trackId)
          .toSorted()
          .join(" "),
      )
      .toSorted();

  test("are who looks alike, whatever the order of the tracks", () => {
    const tracks = ["a0", "b1", "a2", "c0", "b3", "a4"].map((name, index) =>
      track(name, 100 * index, { embedding: embedding("abc".indexOf(name[0] ?? "")) }),
    );
    expect(groups(tracks)).toEqual(["a0 a2 a4", "b1 b3", "c0"]);
    expect(groups(tracks.toReversed())).toEqual(groups(tracks));
    expect(suggestPeople(tracks).basis).toBe("embedding");
  });

  test("are two where both are on screen at once, however alike: twins", () => {
    const twins = [track("left", 0, { embedding: embedding(0) }), track("right", 20, { embedding: embedding(0) })];
    expect(groups(twins)).toEqual(["left", "right"]);
    expect(groups(twins.map((twin, index) => ({ ...twin, reelId: `reel ${index}` })))).toEqual(["left right"]);
  });

  test("rest on appearance where an embedding is missing, and say so", () => {
    const appearance = appearanceOf(portrait(one));
    const tracks = [
      track("with", 0, { embedding: embedding(0), appearance }),
      track("without", 100, { appearance }),
      track("nothing", 200, {}),
    ];
    const { people, basis, unknownTrackIds } = suggestPeople(tracks);
    expect(people.map(({ tracks: members }) => members.length)).toEqual([2]);
    expect([basis, unknownTrackIds]).toEqual(["appearance", ["nothing"]]);
  });

  test("are nobody without tracks", () => {
    expect(suggestPeople([])).toEqual({ people: [], basis: "appearance", unknownTrackIds: [] });
  });
});
