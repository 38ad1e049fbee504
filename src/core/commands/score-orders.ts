// What the measuring of takes is told, and what it tells back of each.
import { z } from "zod";
import { idSchema, recordSchemas, takeScoreSchema } from "../../shared/project/index.ts";

const count = z.int().nonnegative();

export const scoreOrderSchema = z.strictObject({
  measuredAt: z.iso.datetime(),
  /** The newest sync network that is installed; null when there is none. */
  syncNetwork: z.strictObject({ title: z.string(), weightsPath: z.string(), config: z.json() }).nullable(),
  takes: z.array(
    z.strictObject({
      take: recordSchemas.take,
      segment: z.strictObject({ startFrame: count, durationFrames: z.int().positive() }),
      reel: recordSchemas.reel,
      media: recordSchemas.media,
      cutFrames: z.array(count),
      dialogue: z.strictObject({ media: recordSchemas.media, streamIndex: count, offsetSamples: z.int() }),
    }),
  ),
});
export type ScoreOrder = z.infer<typeof scoreOrderSchema>;

/** The facts of a piece: one take's measures. */
export const measuredTakeSchema = z.strictObject({
  takeId: idSchema("take"),
  syncConfidence: z.number().nullable(),
  avOffsetFrames: z.int().nullable(),
  score: takeScoreSchema,
});
export type MeasuredTakeFacts = z.infer<typeof measuredTakeSchema>;
