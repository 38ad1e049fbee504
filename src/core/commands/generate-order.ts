// What the job that makes takes is told, and what it tells of each: the words between the core and its worker.
import { z } from "zod";
import {
  eligibilityLimitsSchema,
  generationSettingsSchema,
  idSchema,
  mediaFactsSchema,
  takeSettingsSchema,
} from "../../shared/project/index.ts";
import { frameRateSchema } from "../../shared/time/index.ts";

const sha256 = z.hash("sha256");
const frame = z.int().nonnegative();
const durationFrames = z.int().positive();

const segmentOrder = z.strictObject({
  segmentId: idSchema("segment"),
  /** Drawn when the job is queued, so that every attempt makes the same take. */
  takeId: idSchema("take"),
  /** For people: the timecode it begins at. */
  title: z.string(),
  startFrame: frame,
  durationFrames,
  frameRate: frameRateSchema,
  pictureMediaId: idSchema("media"),
  pictureStreamIndex: frame,
  /** First frames of shots within the segment. */
  shotStarts: z.array(frame),
  /** Whose mouth is painted; in an overlap the first listed. */
  tracks: z.array(z.strictObject({ startFrame: frame, geometrySha256: sha256 })),
  dialogue: z.strictObject({ mediaId: idSchema("media"), streamIndex: frame, offsetSamples: z.int() }),
});

export const generateOrderSchema = z.strictObject({
  storeFolder: z.string(),
  /** SHA-256 of the stored U-Net, or of the whole model. */
  model: sha256,
  provider: z.enum(["cpu", "cuda", "tensorrt", "dml", "coreml", "webgpu"]).nullable(),
  settings: generationSettingsSchema,
  limits: eligibilityLimitsSchema,
  tracksFolder: z.string(),
  createdAt: z.iso.datetime(),
  media: z.record(z.string(), z.strictObject({ path: z.string(), mediaHash: sha256, facts: mediaFactsSchema })),
  segments: z.array(segmentOrder).min(1),
});
export type GenerateOrder = z.infer<typeof generateOrderSchema>;
export type SegmentOrder = z.infer<typeof segmentOrder>;

/** Keys of pieces, by the segment's place in the order. */
export const takePieceKey = (segmentAt: number): string => `take-${segmentAt}`;
export const windowPieceKey = (segmentAt: number, index: number): string => `window-${segmentAt}-${index}`;
export const isTakePiece = (key: string): boolean => key.startsWith("take-");

/** The facts of a take's piece; its one file is the take's. */
export const madeTakeSchema = z.strictObject({
  takeId: idSchema("take"),
  segmentId: idSchema("segment"),
  settings: takeSettingsSchema,
  startFrame: frame,
  durationFrames,
  createdAt: z.iso.datetime(),
  faceFrames: frame,
});
export type MadeTakeFacts = z.infer<typeof madeTakeSchema>;
