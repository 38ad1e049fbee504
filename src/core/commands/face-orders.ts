// What the jobs of shots and faces are told and what they tell back.
import { z } from "zod";
import { frameRateSchema, timecodeCountingSchema } from "../../shared/time/index.ts";
import { eligibilityLimitsSchema, idSchema, recordSchemas } from "../../shared/project/index.ts";

export const analyseOrderSchema = z.strictObject({
  media: recordSchemas.media,
  reelId: idSchema("reel"),
  streamIndex: z.int().nonnegative(),
  /** Cuts that a person or an edit list has decided; null: those that are found. */
  cutFrames: z.array(z.int().positive()).nullable(),
  limits: eligibilityLimitsSchema,
  /** Hand work is replaced, too; it was asked for. */
  replace: z.boolean(),
});
export type AnalyseOrder = z.infer<typeof analyseOrderSchema>;

/** The facts of the piece `analysisKey`: the records that come of an analysis. */
export const analysisSchema = z.strictObject({
  reelId: idSchema("reel"),
  /** Null: the shots were given and stay. */
  shots: z.array(recordSchemas.shot).nullable(),
  /** Null: only shots were asked for. */
  tracks: z.array(recordSchemas["face-track"]).nullable(),
  missingFrames: z.int().nonnegative(),
  replace: z.boolean(),
});
export type Analysis = z.infer<typeof analysisSchema>;

export const analysisKey = "analysis";

export const overlayOrderSchema = z.strictObject({
  media: recordSchemas.media,
  streamIndex: z.int().nonnegative(),
  /** Absolute. */
  outPath: z.string(),
  container: z.enum(["mp4", "mov"]),
  startFrame: z.int().nonnegative(),
  durationFrames: z.int().positive(),
  base: z.strictObject({ rate: frameRateSchema, counting: timecodeCountingSchema, startLabelFrames: z.int() }),
  limits: eligibilityLimitsSchema,
  shots: z.array(recordSchemas.shot),
  tracks: z.array(recordSchemas["face-track"]),
  characters: z.array(recordSchemas.character),
});
export type OverlayOrder = z.infer<typeof overlayOrderSchema>;
