// The whole analysis on a made film with everything that films do to faces: its cuts are found, people keep who they are, frames
// that cannot be re-synced say why. The figures are printed.
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { silentLogger } from "../../src/core/base/index.ts";
import {
  analyseReel,
  judgeTrack,
  openFaceNetworks,
  suggestPeople,
  usualEligibilityLimits,
} from "../../src/core/faces/index.ts";
import type { AnalysedShot, AnalysedTrack, Ineligible } from "../../src/core/faces/index.ts";
import { openMedia } from "../../src/core/media/index.ts";
import { writeMadeFilm } from "../support/made-film.ts";
import type { FilmTruth, TrueFace } from "../support/made-film.ts";
import { tempFolder, testFfmpeg } from "../support/media.ts";

let truth: FilmTruth;
const shots: AnalysedShot[] = [];
const folder = await tempFolder();

beforeAll(async () => {
  const file = join(folder.path, "film.mp4");
  truth = await writeMadeFilm(file);
  const source = await openMedia(await testFfmpeg(), file);
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
}, 900_000);

afterAll(() => folder[Symbol.asyncDispose]());

const tracks = (): readonly AnalysedTrack[] => shots.flatMap((shot) => shot.tracks);

/** Whose face a box of a frame shows: the nearest one's, if it lies on it at all. */
function whoIs(frameIndex: number, [x = 0, y = 0, width = 0, height = 0]: Float64Array): TrueFace | undefined {
  const distance = (face: TrueFace): number => Math.hypot(x + width / 2 - face.x, y + height / 2 - face.y);
  const [nearest] = (truth.faces[frameIndex] ?? []).toSorted((a, b) => distance(a) - distance(b));
  return nearest && distance(nearest) < 0.5 * nearest.sizePx ? nearest : undefined;
}

/** For each frame of a track the face that it shows. */
const shown = ({ startFrame, geometry }: AnalysedTrack): readonly (TrueFace | undefined)[] =>
  Array.from({ length: geometry.frameCount }, (_, frame) =>
    whoIs(startFrame + frame, geometry.boxes.subarray(4 * frame, 4 * frame + 4)),
  );

function ownerOf(track: AnalysedTrack): { readonly who: string; readonly shareRatio: number } {
  const counts = new Map<string, number>();
  const known = shown(track).flatMap((face) => (face ? [face.who] : []));
  for (const who of known) counts.set(who, (counts.get(who) ?? 0) + 1);
  const [who, count] = [...counts].toSorted((a, b) => b[1] - a[1])[0] ?? ["nobody", 0];
  return { who, shareRatio: count / Math.max(1, known.length) };
}

describe("on the made film, analysis", () => {
  test("finds its cuts and dissolves with F1 of 0.97 or more, and no cut in its flash", () => {
    const found = shots.flatMap(({ range, opensWith }) =>
      opensWith ? [{ frameIndex: range.startFrame, opensWith }] : [],
    );
    const isSame = (cut: FilmTruth["cuts"][number], other: (typeof found)[number]): boolean =>
      cut.kind === other.opensWith && Math.abs(cut.frameIndex - other.frameIndex) <= (cut.kind === "cut" ? 0 : 3);
    const matched = truth.cuts.filter((cut) => found.some((other) => isSame(cut, other))).length;
    const f1 = (2 * matched) / (truth.cuts.length + found.length);
    console.info(
      `made film, cuts: ${matched} of ${truth.cuts.length} found, ${found.length} told, F1 ${f1.toFixed(3)}`,
    );
    expect(f1, JSON.stringify({ made: truth.cuts, found })).toBeGreaterThanOrEqual(0.97);
  });

  test("keeps every track to one person, and follows everyone in nearly every frame", () => {
    for (const track of tracks()) expect(ownerOf(track).shareRatio, `${track.startFrame}`).toBeGreaterThan(0.95);
    let [seen, there] = [0, 0];
    for (const [frameIndex, faces] of truth.faces.entries()) {
      const clear = faces.filter(
        (face) =>
          face.x > 0 && face.x < 640 && faces.every((other) => other === face || Math.abs(other.x - face.x) > 100),
      );
      there += clear.length;
      seen += clear.filter(({ who }) =>
        tracks().some((track) => shown(track)[frameIndex - track.startFrame]?.who === who),
      ).length;
    }
    console.info(`made film, faces: ${seen} of ${there} that are in clear view are tracked, ${tracks().length} tracks`);
    expect(seen / there).toBeGreaterThan(0.95);
  });

  test("suggests for each person their own tracks and nobody else's", () => {
    const looks = tracks().map(({ startFrame, geometry }, index) => ({
      trackId: `${index}`,
      reelId: "reel",
      range: { startFrame, durationFrames: geometry.frameCount },
      ...(geometry.appearance ? { appearance: geometry.appearance } : {}),
    }));
    const { people, basis } = suggestPeople(looks);
    const groups = people.map(({ tracks: members }) => members.map(({ trackId }) => tracks()[Number(trackId)]));
    const owners = groups.map((group) => new Set(group.map((track) => track && ownerOf(track).who)));
    console.info(
      `made film, people by ${basis}: ${groups.map((group, index) => `${[...(owners[index] ?? [])].join("+")} x${group.length}`).join(", ")}`,
    );
    for (const owner of owners) expect(owner.size).toBe(1);
    // A glimpse in a dissolve may stay a person of its own.
    const long = groups.filter((group) => group.some((track) => (track?.geometry.frameCount ?? 0) > 25));
    expect(long).toHaveLength(4);
    expect(basis).toBe("appearance");
  });

  test("says of frames that cannot be re-synced why, and passes the others", () => {
    const told = new Map<string, Map<string, number>>();
    for (const track of tracks()) {
      const verdicts: readonly (Ineligible | undefined)[] = judgeTrack(track.geometry, usualEligibilityLimits);
      for (const [frame, face] of shown(track).entries()) {
        if (!face) continue;
        const counts = told.get(face.reason ?? "fine") ?? new Map<string, number>();
        const verdict = verdicts[frame]?.reason ?? "eligible";
        told.set(face.reason ?? "fine", counts.set(verdict, (counts.get(verdict) ?? 0) + 1));
      }
    }
    for (const [truly, counts] of told)
      console.info(`made film, truly ${truly}: told ${[...counts].map(([as, count]) => `${as} ${count}`).join(", ")}`);
    for (const reason of ["mouth-hidden", "turned-away", "too-small", "short-run", "blurred"]) {
      const counts = told.get(reason) ?? new Map<string, number>();
      const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
      expect((counts.get(reason) ?? 0) / all, reason).toBeGreaterThan(0.8);
      expect((counts.get("eligible") ?? 0) / all, reason).toBeLessThan(0.05);
    }
    const fine = told.get("fine") ?? new Map<string, number>();
    const all = [...fine.values()].reduce((sum, count) => sum + count, 0);
    // The rest lies around those frames: a hand on its way, a flash, faces that cover each other or leave.
    expect((fine.get("eligible") ?? 0) / all).toBeGreaterThan(0.75);
  });
});
