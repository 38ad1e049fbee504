// The main operation: takes for segments.
import { z } from "zod";
import { generationSettingsSchema, idSchema, qualities } from "../project/index.ts";
import { job } from "./kinds.ts";

const settings = generationSettingsSchema.shape;
const count = z.int().nonnegative();

/** What was really done, counted: noughts where caches were warm. */
const workDone = z.strictObject({
  framesDecoded: count,
  facesCropped: count,
  facesEncoded: count,
  soundBlocksHeard: count,
  windowsDenoised: count,
  facesDecoded: count,
});

/** Settings that are said; the others are those of the quality, or of the take that is made again. */
const changes = {
  steps: settings.inferenceSteps.optional(),
  guidance: settings.guidanceScale.optional(),
  guidanceFrom: settings.guidanceFromRatio.optional(),
  guidanceTo: settings.guidanceToRatio.optional(),
  sampler: settings.sampler.optional(),
  spacing: settings.spacing.optional(),
  seed: settings.seed.optional(),
  overlap: settings.overlapFrames.optional(),
  sharedNoise: settings.sharedNoise.optional(),
  deepCache: settings.deepCacheSteps.optional(),
  mask: settings.mask.optional(),
  referenceFrame: settings.referenceFrame.unwrap().optional(),
  silence: settings.silence.optional(),
};

export const generateOperations = {
  "segments.generate": job({
    says: "Make a take for each of some segments; a stopped one goes on at the next window",
    input: z.strictObject({
      segmentIds: z
        .array(idSchema("segment"))
        .min(1)
        .max(5000)
        .optional()
        .describe("All that are not ignored when missing"),
      versionId: idSchema("version").optional().describe("Segments of this version only"),
      below: z.number().optional().describe("Only segments whose shown take has a lower sync confidence, or none"),
      model: z.string().min(1).max(80).optional().describe("Id or hash of a stored model; the newest when missing"),
      quality: z
        .enum(qualities)
        .default("full")
        .describe("draft: for a look; parity: as the published program does it"),
      like: idSchema("take").optional().describe("With the settings and seed of this take, but for what else is said"),
      ...changes,
      provider: z
        .enum(["cpu", "cuda", "tensorrt", "dml", "coreml", "webgpu"])
        .optional()
        .describe("The best when missing"),
    }),
    output: z.strictObject({
      takes: z.array(
        z.strictObject({
          takeId: idSchema("take"),
          segmentId: idSchema("segment"),
          contentSha256: z.string(),
          /** Frames with a new mouth. */
          faceFrames: count,
        }),
      ),
      work: workDone,
      /** Seconds by stage, of the last attempt. */
      seconds: z.record(z.string(), z.number()),
      provider: z.string(),
    }),
  }),
};
