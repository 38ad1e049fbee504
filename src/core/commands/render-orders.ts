// What a render is told: everything, so that a worker reads neither the project's database nor its settings.
import { z } from "zod";
import { audioStreamFactsSchema, idSchema, recordSchemas } from "../../shared/project/index.ts";

const frame = z.int().nonnegative();
const frameRange = z.strictObject({ startFrame: frame, durationFrames: z.int().positive() });

export const renderOrderSchema = z.strictObject({
  reel: recordSchemas.reel,
  media: recordSchemas.media,
  range: frameRange,
  takes: z.array(
    z.strictObject({
      takeId: idSchema("take"),
      segmentId: idSchema("segment"),
      characterId: idSchema("character").nullable(),
      segment: frameRange,
      contentSha256: z.hash("sha256"),
      /** What the model was asked to paint. */
      mask: z.string(),
    }),
  ),
  /** Segments in the range that show the source although they are not ignored. */
  bareSegments: z.int().nonnegative(),
  cutFrames: z.array(frame),
  fadeFrames: z.int().nonnegative(),
  colourMatch: z.enum(["surroundings", "none"]),
  // An order from before grain was known is carried out as it was meant.
  grain: z.enum(["surroundings", "none"]).default("none"),
  sound: z.array(
    z.strictObject({
      /** As records name files. */
      path: z.string(),
      stream: audioStreamFactsSchema,
      offsetSamples: z.int(),
      gainDb: z.number(),
      languageTag: z.string(),
      title: z.string(),
      dispositions: z.array(z.enum(["default", "dub", "original"])),
    }),
  ),
  /** Absolute. */
  outputPath: z.string(),
  container: z.enum(["mp4", "mov", "mkv", "mxf"]),
  codec: z.enum(["h264", "hevc", "prores-422-hq", "dnxhr-hqx", "ffv1"]),
  crf: z.int().nullable(),
  preset: z.string().nullable(),
  startTimecode: z.strictObject({ label: z.string(), isDropFrame: z.boolean() }).nullable(),
});

export type RenderJobOrder = z.infer<typeof renderOrderSchema>;
