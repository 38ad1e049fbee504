// What media jobs are told and what they tell back: the words between the core and its workers.
import { z } from "zod";
import { idSchema, recordSchemas } from "../../shared/project/index.ts";

/** Ids are drawn when the job is queued, so that every attempt makes the same records. */
export const importOrderSchema = z.strictObject({
  /** As records name files: relative to the project's folder when inside it. */
  path: z.string(),
  mediaId: idSchema("media"),
  reelId: idSchema("reel"),
  importedAt: z.iso.datetime(),
  /** Absent in orders of releases that always made them. */
  previews: z.boolean().default(true),
});
export type ImportOrder = z.infer<typeof importOrderSchema>;

export const prepareOrderSchema = z.strictObject({ media: recordSchemas.media });
export type PrepareOrder = z.infer<typeof prepareOrderSchema>;

/** The facts of an import's piece `recordsKey`: the records to add. Its place among the reels is decided on adding. */
export const importedRecordsSchema = z.strictObject({
  media: recordSchemas.media,
  reel: recordSchemas.reel.nullable(),
});
export type ImportedRecords = z.infer<typeof importedRecordsSchema>;

export const recordsKey = "records";
