// Records for tests: one of every type, valid by schema, pointing at each other.
import type {
  Adapter,
  AnyRecord,
  AudioTrack,
  Character,
  FaceTrack,
  Media,
  RecordId,
  RecordType,
  Reel,
  Segment,
  Shot,
  Take,
  Version,
} from "../../src/shared/project/index.ts";

const sha = (digit: string) => digit.repeat(64);
const at = "2026-11-20T10:00:00.000Z";
const id = <Type extends RecordType>(type: Type, name: string) => `${type}:${name}` as RecordId<Type>;

export const sampleMedia = (name = "a"): Media => ({
  type: "media",
  id: id("media", name),
  path: `/films/${name}.mov`,
  identity: {
    sizeBytes: 1000,
    headSha256: sha("1"),
    middleSha256: sha("2"),
    tailSha256: sha("3"),
    mediaHash: Buffer.from(name).toString("hex").padEnd(64, "0"),
  },
  facts: {
    factsVersion: 1,
    container: { kind: "mov", sizeBytes: 1000, durationMs: 4000 },
    video: [],
    audio: [],
    warnings: [],
  },
  importedAt: at,
});

export const sampleReel = (name = "a", order = 0): Reel => ({
  type: "reel",
  id: id("reel", name),
  name: `R${order + 1}`,
  order,
  mediaId: id("media", "a"),
  frameRate: { num: 24000, den: 1001 },
  durationFrames: 172_800,
  startTimecodeFrames: 86_400,
  isDropFrame: false,
});

export const sampleVersion = (name = "de"): Version => ({
  type: "version",
  id: id("version", name),
  language: name,
  name: "Cinema",
  order: 0,
});

export const sampleCharacter = (name = "anna"): Character => ({
  type: "character",
  id: id("character", name),
  name,
  order: 0,
  hueDegrees: 120,
  consent: null,
});

export const sampleTrack = (name = "a"): AudioTrack => ({
  type: "audio-track",
  id: id("audio-track", name),
  versionId: id("version", "de"),
  reelId: id("reel", "a"),
  mediaId: id("media", "a"),
  streamIndex: 1,
  stem: "dialogue",
  characterId: null,
  offsetSamples: -480,
  gainDb: -1.5,
});

export const sampleShot = (name = "a", startFrame = 0): Shot => ({
  type: "shot",
  id: id("shot", name),
  reelId: id("reel", "a"),
  startFrame,
  durationFrames: 48,
  opensWith: "cut",
  decidedBy: "detector",
});

export const sampleFaceTrack = (name = "a", startFrame = 0): FaceTrack => ({
  type: "face-track",
  id: id("face-track", name),
  reelId: id("reel", "a"),
  startFrame,
  durationFrames: 48,
  characterId: id("character", "anna"),
  geometrySha256: sha("a"),
  decidedBy: "detector",
  eligibleFrames: 40,
  medianFaceSizePx: 212.5,
});

export const sampleSegment = (name = "a", startFrame = 0): Segment => ({
  type: "segment",
  id: id("segment", name),
  reelId: id("reel", "a"),
  versionId: id("version", "de"),
  characterId: id("character", "anna"),
  startFrame,
  durationFrames: 48,
  state: "to-do",
  selectedTakeId: null,
  note: "",
});

export const sampleTake = (name = "a", takeNumber = 1): Take => ({
  type: "take",
  id: id("take", name),
  segmentId: id("segment", "a"),
  takeNumber,
  settings: {
    modelHash: sha("b"),
    adapterId: null,
    inferenceSteps: 20,
    guidanceScale: 1.5,
    sampler: "ddim",
    seed: 1247,
    overlapFrames: 4,
    more: { "mask-feather": 0.5 },
  },
  contentSha256: sha("c"),
  startFrame: 0,
  durationFrames: 48,
  syncConfidence: 6.25,
  avOffsetFrames: 0,
  score: null,
  createdAt: at,
  stars: 3,
  isRejected: false,
  note: "",
});

export const sampleAdapter = (name = "a"): Adapter => ({
  type: "adapter",
  id: id("adapter", name),
  characterId: id("character", "anna"),
  name: "Anna, first hour",
  recipe: "lora-16",
  baseModelHash: sha("d"),
  contentSha256: sha("e"),
  validationLoss: null,
  trainedFraction: 0.031,
  createdAt: at,
});

/** One of every type but the project itself, each after what it points at. */
export const sampleRecords = (): readonly AnyRecord[] => [
  sampleMedia(),
  sampleReel(),
  sampleVersion(),
  sampleCharacter(),
  sampleTrack(),
  sampleShot(),
  sampleFaceTrack(),
  sampleSegment(),
  sampleTake(),
  sampleAdapter(),
];
