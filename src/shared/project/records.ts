// The records of a project: what exists, in the trade's words. Plain JSON, immutable; an edit makes new ones.
import { z } from "zod";
import { frameRateSchema } from "../time/index.ts";
import { idSchema } from "./ids.ts";
import type { RecordType } from "./ids.ts";
import { contentIdentitySchema, mediaFactsSchema } from "./media-facts.ts";

const frameIndex = z.int().nonnegative();
const durationFrames = z.int().positive();
const name = z.string().min(1).max(200);
const text = z.string().max(10_000);
const isoTime = z.iso.datetime();
const sha256 = z.hash("sha256");
const ratio = z.number().min(0).max(1);

/** A BCP-47 tag in its canonical form: "pt-BR", "zh-Hans". */
export const languageTagSchema = z
  .string()
  .refine(isCanonicalLanguageTag, "expected a language tag such as de or pt-BR");

function isCanonicalLanguageTag(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag)[0] === tag;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

const px = z.number().min(0).max(100_000);
const angleRadians = z.number().min(0).max(Math.PI);

/** What a face must be like in a frame for its lips to be re-synced. core/faces says what each is measured on. */
export const eligibilityLimitsSchema = z.strictObject({
  leastFaceHeightPx: px,
  leastInFrameRatio: ratio,
  mostYawRadians: angleRadians,
  mostPitchRadians: angleRadians,
  leastSharpnessRatio: ratio,
  mostHiddenRatio: ratio,
  leastRunFrames: z.int().min(0).max(10_000),
});

/** One programme. There is exactly one of it in a project. */
export const projectSchema = z.strictObject({
  type: z.literal("project"),
  id: idSchema("project"),
  name,
  createdAt: isoTime,
  /** Language of the original dialogue; null until someone says it. */
  originalLanguage: languageTagSchema.nullable(),
  /** Null: the usual ones. */
  eligibilityLimits: eligibilityLimitsSchema.nullable(),
});

/** A file the project refers to. Never copied unless it was dropped into the window, never changed. */
export const mediaSchema = z.strictObject({
  type: z.literal("media"),
  id: idSchema("media"),
  /** With forward slashes: relative to the project's folder when inside it, else absolute. */
  path: z.string().min(1).max(4096),
  identity: contentIdentitySchema,
  facts: mediaFactsSchema,
  importedAt: isoTime,
});

/** One picture file of the programme, at its own rate. Frames count from 0; timecode is a label on them. */
export const reelSchema = z.strictObject({
  type: z.literal("reel"),
  id: idSchema("reel"),
  name,
  /** Place among the reels, from 0. */
  order: z.int().nonnegative(),
  mediaId: idSchema("media"),
  frameRate: frameRateSchema,
  durationFrames,
  /** The label of frame 0 as a count of frames since 00:00:00:00, by the labelling of `isDropFrame`. */
  startTimecodeFrames: frameIndex,
  isDropFrame: z.boolean(),
});

/** One localized version of the programme. */
export const versionSchema = z.strictObject({
  type: z.literal("version"),
  id: idSchema("version"),
  language: languageTagSchema,
  name,
  order: z.int().nonnegative(),
});

/** Sound of a version under a reel: dialogue (of one character or a mix of all), M&E, or the full mix. */
export const audioTrackSchema = z.strictObject({
  type: z.literal("audio-track"),
  id: idSchema("audio-track"),
  versionId: idSchema("version"),
  reelId: idSchema("reel"),
  mediaId: idSchema("media"),
  /** The stream's index in the file, counted over all kinds of streams. */
  streamIndex: z.int().nonnegative(),
  stem: z.enum(["dialogue", "music-and-effects", "mix"]),
  /** Whose dialogue; null for a dialogue mix and for other stems. */
  characterId: idSchema("character").nullable(),
  /** Where sample 0 of the stream lies on the reel, in samples at the stream's own rate; negative = earlier. */
  offsetSamples: z.int(),
  gainDb: z.number().min(-96).max(24),
});

/** The frames between two cuts of a reel. */
export const shotSchema = z.strictObject({
  type: z.literal("shot"),
  id: idSchema("shot"),
  reelId: idSchema("reel"),
  startFrame: frameIndex,
  durationFrames,
  /** How the shot begins. */
  opensWith: z.enum(["start", "cut", "dissolve", "fade"]),
  decidedBy: z.enum(["detector", "editor", "edit-list"]),
});

/** Who it is. A consent record says what may be trained and made, for whom, until when. */
export const characterSchema = z.strictObject({
  type: z.literal("character"),
  id: idSchema("character"),
  name,
  order: z.int().nonnegative(),
  /** Hue of the character's lane, in degrees of the colour circle. */
  hueDegrees: z.int().min(0).max(359),
  consent: z
    .strictObject({
      person: name,
      scope: text,
      validUntil: z.iso.date().nullable(),
      /** Path of the signed document, and the hash it had when it was recorded. */
      documentPath: z.string().max(4096).nullable(),
      documentSha256: sha256.nullable(),
      recordedAt: isoTime,
    })
    .nullable(),
});

/** One face over consecutive frames of a shot. Its per-frame geometry is a blob named by `geometrySha256`. */
export const faceTrackSchema = z.strictObject({
  type: z.literal("face-track"),
  id: idSchema("face-track"),
  reelId: idSchema("reel"),
  startFrame: frameIndex,
  durationFrames,
  characterId: idSchema("character").nullable(),
  geometrySha256: sha256,
  /** "editor" once a person has split, merged or moved anything of it. */
  decidedBy: z.enum(["detector", "editor"]),
  /** By the limits of the project when they were last set. */
  eligibleFrames: z.int().nonnegative(),
  medianFaceSizePx: z.number().nonnegative(),
});

/** A range of a reel in a version in which one character's lips are re-synced: what the picker picks. */
export const segmentSchema = z.strictObject({
  type: z.literal("segment"),
  id: idSchema("segment"),
  reelId: idSchema("reel"),
  versionId: idSchema("version"),
  characterId: idSchema("character").nullable(),
  startFrame: frameIndex,
  durationFrames,
  state: z.enum(["proposed", "to-do", "approved", "ignored"]),
  selectedTakeId: idSchema("take").nullable(),
  note: text,
});

/** What a take was made with: everything that, with the inputs, decides its every bit. */
export const takeSettingsSchema = z.strictObject({
  modelHash: sha256,
  adapterId: idSchema("adapter").nullable(),
  inferenceSteps: z.int().min(1).max(100),
  guidanceScale: z.number().min(1).max(5),
  sampler: z.string().max(40),
  seed: z.int().nonnegative().max(0xffffffff),
  overlapFrames: z.int().nonnegative().max(15),
  /** Settings of later features, by name; each has its default when it is missing. */
  more: z.record(z.string().max(60), z.union([z.string().max(200), z.number(), z.boolean()])),
});

/** How well a take does its work, as measured after it was made. What could not be measured is null. */
export const takeScoreSchema = z.strictObject({
  /** The sync network that confidence and offset come from; null when none was installed. */
  syncNetwork: z.string().max(80).nullable(),
  /** Of the source's picture against its own sound: what this face and this network reach without us. */
  sourceSyncConfidence: z.number().nullable(),
  sourceAvOffsetFrames: z.int().nullable(),
  /** Whether the mouth moves when the dialogue speaks and rests when it does not, -1..1; the source's for comparison. */
  mouthCorrelation: z.number().min(-1).max(1).nullable(),
  sourceMouthCorrelation: z.number().min(-1).max(1).nullable(),
  /** Unsteadiness of the lower face over that of the source; 1 is as steady as the source. */
  jitterRatio: z.number().nonnegative().nullable(),
  /** Samples of the frame that changed although the blend mask is 0 there. Anything but 0 is a fault of ours. */
  changedOutsideMask: z.int().nonnegative().nullable(),
  /** Frames that were compared. */
  measuredFrames: z.int().nonnegative(),
  measuredAt: isoTime,
});

/** One immutable result for a segment, numbered from 1 within it. */
export const takeSchema = z.strictObject({
  type: z.literal("take"),
  id: idSchema("take"),
  segmentId: idSchema("segment"),
  takeNumber: z.int().positive(),
  settings: takeSettingsSchema,
  /** Names the stored crops and their alignment in the project's `takes` folder. */
  contentSha256: sha256,
  /** Range of the reel it covers; may be longer than the segment by handles. */
  startFrame: frameIndex,
  durationFrames,
  /** Of the take against the dialogue it was made for; with what else was measured in `score`. */
  syncConfidence: z.number().nullable(),
  avOffsetFrames: z.int().nullable(),
  score: takeScoreSchema.nullable(),
  createdAt: isoTime,
  stars: z.int().min(0).max(5),
  isRejected: z.boolean(),
  note: text,
});

/** Weights learned for a character by fine-tuning; bound to the consent it was trained under. */
export const adapterSchema = z.strictObject({
  type: z.literal("adapter"),
  id: idSchema("adapter"),
  characterId: idSchema("character"),
  name,
  recipe: z.string().max(60),
  baseModelHash: sha256,
  contentSha256: sha256,
  validationLoss: z.number().nullable(),
  trainedFraction: ratio,
  createdAt: isoTime,
});

/** Every record type with its schema; the type makes the table complete. */
export const recordSchemas = {
  project: projectSchema,
  media: mediaSchema,
  reel: reelSchema,
  version: versionSchema,
  "audio-track": audioTrackSchema,
  shot: shotSchema,
  character: characterSchema,
  "face-track": faceTrackSchema,
  segment: segmentSchema,
  take: takeSchema,
  adapter: adapterSchema,
} as const satisfies Record<RecordType, z.ZodType>;

export type RecordOf<Type extends RecordType> = Readonly<z.infer<(typeof recordSchemas)[Type]>>;
export type AnyRecord = { [Type in RecordType]: RecordOf<Type> }[RecordType];

export type Project = RecordOf<"project">;
export type Media = RecordOf<"media">;
export type Reel = RecordOf<"reel">;
export type Version = RecordOf<"version">;
export type AudioTrack = RecordOf<"audio-track">;
export type Shot = RecordOf<"shot">;
export type Character = RecordOf<"character">;
export type EligibilityLimits = z.infer<typeof eligibilityLimitsSchema>;
export type FaceTrack = RecordOf<"face-track">;
export type Segment = RecordOf<"segment">;
export type Take = RecordOf<"take">;
export type TakeSettings = z.infer<typeof takeSettingsSchema>;
export type TakeScore = z.infer<typeof takeScoreSchema>;
export type Adapter = RecordOf<"adapter">;

export const anyRecordSchema = z.discriminatedUnion("type", [
  projectSchema,
  mediaSchema,
  reelSchema,
  versionSchema,
  audioTrackSchema,
  shotSchema,
  characterSchema,
  faceTrackSchema,
  segmentSchema,
  takeSchema,
  adapterSchema,
]);
