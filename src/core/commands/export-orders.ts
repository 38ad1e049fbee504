// What the making of one file of a batch is told, and what it tells back.
import { z } from "zod";
import { audioStreamFactsSchema, recordSchemas } from "../../shared/project/index.ts";

const count = z.int().nonnegative();
const warning = z.strictObject({ code: z.string(), message: z.string() });

export const exportOrderSchema = z.strictObject({
  presetId: z.enum(["review", "prores", "dnxhr-mxf", "dnxhr-mov", "ffv1", "images", "patch"]),
  reel: recordSchemas.reel,
  version: recordSchemas.version,
  media: recordSchemas.media,
  takes: z.array(
    z.strictObject({
      take: recordSchemas.take,
      segment: recordSchemas.segment,
      characterName: z.string().nullable(),
      adapterSha256: z.hash("sha256").nullable(),
    }),
  ),
  cutFrames: z.array(count),
  tracks: z.array(
    z.strictObject({
      role: z.enum(["programme", "stem", "original"]),
      parts: z.array(
        z.strictObject({
          /** As records name files. */
          path: z.string(),
          mediaHash: z.string(),
          stream: audioStreamFactsSchema,
          offsetSamples: z.int(),
          gainDb: z.number(),
        }),
      ),
      languageTag: z.string(),
      title: z.string(),
      dispositions: z.array(z.enum(["default", "dub", "original"])),
    }),
  ),
  lines: z.array(z.strictObject({ startFrame: count, durationFrames: z.int().positive(), text: z.string() })),
  startTimecode: z.strictObject({ label: z.string(), isDropFrame: z.boolean() }).nullable(),
  fadeFrames: count,
  contentKey: z.hash("sha256"),
  /** Absolute. */
  outputPath: z.string(),
  /** What was told before it started. */
  warnings: z.array(warning),
  software: z.string(),
});
export type ExportOrder = z.infer<typeof exportOrderSchema>;

export const exportResultSchema = z.strictObject({
  path: z.string(),
  outcome: z.enum(["made", "unchanged"]),
  sha256: z.hash("sha256"),
  sizeBytes: count,
  frames: count,
  touchedFrames: count,
  copiedPackets: count.nullable(),
  warnings: z.array(warning),
});
export type ExportResult = z.infer<typeof exportResultSchema>;

export const exportKind = "export.file";

/** The hidden folder beside its place in which a job makes a file, the same for every attempt. */
export const stagingNameOf = (jobId: string): string => `.dubwright-${jobId}.partial`;
