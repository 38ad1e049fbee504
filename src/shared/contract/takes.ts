// Operations on takes: look through them, choose, rate, compare.
import { z } from "zod";
import { idSchema, takeScoreSchema, takeSettingsSchema } from "../project/index.ts";
import { edit, job, query } from "./kinds.ts";
import { editAnswerSchema } from "./project.ts";

const takeId = idSchema("take");
const takeIds = z.array(takeId).min(1).max(1000);
const segmentId = idSchema("segment");

const listed = z.strictObject({
  takeId,
  segmentId,
  takeNumber: z.int().positive(),
  isSelected: z.boolean(),
  isRejected: z.boolean(),
  stars: z.int(),
  startFrame: z.int(),
  durationFrames: z.int(),
  settings: takeSettingsSchema,
  syncConfidence: z.number().nullable(),
  avOffsetFrames: z.int().nullable(),
  score: takeScoreSchema.nullable(),
  note: z.string(),
  createdAt: z.iso.datetime(),
});

export const takeOperations = {
  "takes.list": query({
    says: "Takes of a segment, oldest first",
    input: z.strictObject({ segmentId }),
    output: z.strictObject({ takes: z.array(listed) }),
  }),
  "takes.compare": query({
    says: "What differs between takes: settings and everything that was measured",
    input: z.strictObject({ takeIds }),
    output: z.strictObject({
      takes: z.array(listed),
      /** One row for each setting or measure that is not the same in all; values in the order of `takes`. */
      differences: z.array(
        z.strictObject({
          name: z.string(),
          values: z.array(z.union([z.string(), z.number(), z.boolean()]).nullable()),
        }),
      ),
    }),
  }),
  "takes.score": job({
    says: "Measure takes: sync confidence and offset where a sync network is installed, mouth against dialogue, steadiness, and that nothing changed outside the mask",
    input: z.strictObject({ takeIds }),
    output: z.strictObject({
      scores: z.array(
        z.strictObject({
          takeId,
          syncConfidence: z.number().nullable(),
          avOffsetFrames: z.int().nullable(),
          score: takeScoreSchema,
        }),
      ),
    }),
  }),
  "takes.select": edit({
    says: "Show a take in its segment",
    input: z.strictObject({ takeId }),
    output: editAnswerSchema,
  }),
  "takes.deselect": edit({
    says: "Show the source in a segment again",
    input: z.strictObject({ segmentId }),
    output: editAnswerSchema,
  }),
  "takes.rate": edit({
    says: "Give a take up to five stars",
    input: z.strictObject({ takeId, stars: z.int().min(0).max(5) }),
    output: editAnswerSchema,
  }),
  "takes.note": edit({
    says: "Write a note on a take",
    input: z.strictObject({ takeId, note: z.string().max(10_000) }),
    output: editAnswerSchema,
  }),
  "takes.reject": edit({
    says: "Put a take aside, or take it back in",
    input: z.strictObject({ takeId, verdict: z.enum(["rejected", "kept"]).default("rejected") }),
    output: editAnswerSchema,
  }),
  "takes.remove": edit({
    says: "Delete takes; undo brings them back",
    input: z.strictObject({ takeIds }),
    output: editAnswerSchema,
  }),
};
