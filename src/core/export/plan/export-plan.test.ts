// The plan of a batch: which cells there are, what tells them apart by content, and what is told before anything starts.
import { describe, expect, test } from "vitest";
import {
  sampleMedia,
  sampleReel,
  sampleSegment,
  sampleTake,
  sampleTrack,
  sampleVersion,
} from "../../../../test/support/sample-records.ts";
import { viewOf } from "../../../../test/support/view-of.ts";
import type { AnyRecord, Media, Project, RecordId, Reel, Version } from "../../../shared/project/index.ts";
import { projectRecordId } from "../../../shared/project/index.ts";
import { exportPresets } from "../presets/presets.ts";
import type { PresetId } from "../presets/presets.ts";
import { planExport } from "./export-plan.ts";
import type { ExportRules, WorldFacts } from "./export-plan.ts";
import { isHeld } from "./problems.ts";

const project = {
  type: "project",
  id: projectRecordId,
  name: "Night",
  createdAt: "2026-11-20T10:00:00.000Z",
  originalLanguage: "en",
  eligibilityLimits: null,
} as Project;

const durationFrames = 96;

const stream = {
  streamIndex: 1,
  codec: "pcm_s24le",
  sampleRateHz: 48_000,
  channelCount: 1,
  sampleCount: 192_192,
  sampleCountFrom: "container",
  timeBase: { num: 1, den: 48_000 },
  firstSampleTicks: 0,
  startOffsetSamples: 0,
  dispositions: [],
} as unknown as Media["facts"]["audio"][number];

const film = (): Media => {
  const media = sampleMedia();
  const video = [{ frameCount: durationFrames, displaySize: { widthPx: 1920, heightPx: 1080 } }];
  return { ...media, facts: { ...media.facts, video: video as unknown as Media["facts"]["video"], audio: [stream] } };
};

const reel = (): Reel => ({ ...sampleReel(), durationFrames });
const segment = () => ({ ...sampleSegment("a", 10), durationFrames: 48, selectedTakeId: sampleTake().id });

const records = (): readonly AnyRecord[] => [
  project,
  film(),
  reel(),
  sampleVersion("de"),
  { ...sampleTrack(), stem: "dialogue" },
  { ...sampleTrack("me"), stem: "music-and-effects" },
  { ...segment(), state: "approved" },
  sampleTake(),
];

const world: WorldFacts = {
  writableCodecs: ["h264", "prores-422-hq", "dnxhr-hqx", "ffv1"],
  ffmpegVersion: "5.1",
  gone: new Set(),
  changed: new Set(),
  goneTakes: new Set(),
};

type Change = {
  readonly add?: readonly AnyRecord[];
  readonly world?: Partial<WorldFacts>;
  readonly rules?: Partial<ExportRules>;
  readonly presets?: readonly PresetId[];
};

/** Records added replace those of the same id. */
function plan({ add = [], world: more, rules, presets = ["prores"] }: Change = {}) {
  const kept = records().filter((old) => !add.some(({ id }) => id === old.id));
  const view = viewOf([...kept, ...add]);
  return planExport({
    view,
    reels: view.list("reel"),
    versions: view.list("version"),
    presets: presets.map((id) => exportPresets[id]),
    world: { ...world, ...more },
    rules: { unapproved: "warn", fadeFrames: 2, ...rules },
  });
}

const codesOf = (change: Change) =>
  plan(change).flatMap(({ problems }) => problems.map(({ code, weight }) => `${code} ${weight}`));

describe("a batch", () => {
  test("has a cell for every reel in every version in every preset, each with a name of its own", () => {
    const cells = plan({ add: [sampleVersion("fr")], presets: ["review", "prores"] });
    expect(cells.map(({ fileName }) => fileName)).toEqual([
      "Night_R1_de_review.mp4",
      "Night_R1_de_prores.mov",
      "Night_R1_fr_review.mp4",
      "Night_R1_fr_prores.mov",
    ]);
    expect(new Set(cells.map(({ contentKey }) => contentKey)).size).toBe(4);
  });

  test("of approved takes with all their files says nothing", () => {
    expect(codesOf({ presets: ["review", "prores", "dnxhr-mxf", "dnxhr-mov", "ffv1", "images", "patch"] })).toEqual([]);
  });

  test("mixes dialogue over M&E where no mix was given, and takes the mix where one was", () => {
    const partsOf = (change: Change) => plan(change)[0]?.tracks.map(({ role, parts }) => [role, parts.length]);
    expect(partsOf({})).toEqual([
      ["programme", 2],
      ["original", 1],
    ]);
    expect(partsOf({ add: [{ ...sampleTrack("mix"), stem: "mix" }] })).toEqual([
      ["programme", 1],
      ["original", 1],
    ]);
    expect(plan({ presets: ["ffv1"] })[0]?.tracks.map(({ title }) => title)).toEqual([
      "German dialogue",
      "M&E",
      "Original",
    ]);
  });
});

describe("the key of a cell's content", () => {
  const keyOf = (change: Change = {}) => plan(change)[0]?.contentKey;
  test("stays when names and places change", () => {
    const moved = { ...film(), path: "/elsewhere/film.mov" };
    const renamed = { ...sampleVersion("de"), name: "TV" };
    expect(keyOf({ add: [moved, renamed, { ...project, name: "Day" }] })).toBe(keyOf());
  });

  test("changes with takes, sound, picture and settings", () => {
    const other = film();
    const changes: readonly Change[] = [
      { add: [{ ...sampleTake(), contentSha256: "f".repeat(64) }] },
      { add: [{ ...segment(), state: "approved", startFrame: 11 }] },
      { add: [{ ...sampleTrack(), gainDb: -3 }] },
      { add: [{ ...other, identity: { ...other.identity, mediaHash: "9".repeat(64) } }] },
      { rules: { fadeFrames: 0 } },
      { presets: ["dnxhr-mov"] },
    ];
    expect(new Set([keyOf(), ...changes.map(keyOf)]).size).toBe(changes.length + 1);
  });
});

describe("before a batch starts is told", () => {
  const gone = new Set<RecordId<"media">>([film().id]);
  const noDialogue: Version = { ...sampleVersion("fr"), name: "Kino" };
  test.each<[string, Change, readonly string[]]>([
    ["dialogue that is missing", { add: [noDialogue] }, ["no-dialogue blocks"]],
    ["a segment that nobody approved", { add: [segment()] }, ["unapproved warns"]],
    [
      "the same where such files are held back",
      { add: [segment()], rules: { unapproved: "hold" } },
      ["unapproved blocks"],
    ],
    ["a take whose crops are gone", { world: { goneTakes: new Set(["c".repeat(64)]) } }, ["takes-missing blocks"]],
    ["a name that no file can have", { add: [{ ...reel(), name: "R1/2" }] }, ["impossible-name blocks"]],
    ["a picture that is offline", { world: { gone } }, ["media-offline blocks", "sound-offline blocks"]],
    ["a picture that was changed", { world: { changed: gone } }, ["media-changed blocks", "sound-offline blocks"]],
    [
      "a reel with other frames than its picture",
      { add: [{ ...reel(), durationFrames: 90 }] },
      ["reel-relinked blocks"],
    ],
    ["a codec that this ffmpeg lacks", { world: { writableCodecs: ["h264"] } }, ["codec-missing blocks"]],
    ["segments without a take", { add: [{ ...segment(), selectedTakeId: null }] }, ["segments-without-take warns"]],
    [
      "a patch of nothing",
      { add: [{ ...segment(), state: "ignored" }], presets: ["patch"] },
      ["nothing-changed blocks"],
    ],
  ])("%s", (_what, change, expected) => {
    expect(codesOf(change)).toEqual(expected);
  });

  test("two files of one name", () => {
    const twin: Version = { ...sampleVersion("de"), id: "version:tv" as Version["id"], name: "TV" };
    const tracks = ["dialogue", "music-and-effects"] as const;
    const add = [twin, ...tracks.map((stem) => ({ ...sampleTrack(`tv-${stem}`), versionId: twin.id, stem }))];
    const cells = plan({ add });
    expect(cells.map(isHeld)).toEqual([false, true]);
  });
});
