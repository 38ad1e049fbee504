// Rendering: a range or a reel of a version as one file.
import { z } from "zod";
import { idSchema } from "../project/index.ts";
import { job } from "./kinds.ts";

export const renderOperations = {
  "render.range": job({
    says: "Render a reel, or a range of it, of a version: chosen takes over the source, sound laid under, checked by reading back",
    input: z.strictObject({
      versionId: idSchema("version"),
      path: z.string().min(1).max(4096).describe("The file to write: .mov, .mkv, .mp4 or .mxf"),
      reelId: idSchema("reel").optional().describe("Needed where there are several reels"),
      range: z
        .string()
        .max(60)
        .optional()
        .describe("First frame in and first frame out: 01:00:10:00-01:00:12:00, or #240-#300; the reel when missing"),
      codec: z
        .enum(["h264", "hevc", "prores-422-hq", "dnxhr-hqx", "ffv1"])
        .optional()
        .describe("ProRes in MOV, FFV1 (lossless) in MKV, H.264 in MP4, DNxHR in MXF when missing"),
      crf: z.int().min(0).max(51).optional().describe("Quality of H.264 and HEVC; lower is better"),
      preset: z
        .enum(["ultrafast", "veryfast", "fast", "medium", "slow", "veryslow"])
        .optional()
        .describe("Speed of H.264 and HEVC"),
      takes: z.enum(["selected", "approved"]).default("selected").describe("Which segments show their take"),
      sound: z
        .array(z.enum(["dialogue", "music-and-effects", "mix", "original"]))
        .default(["mix", "dialogue", "music-and-effects", "original"])
        .describe("Which sound becomes tracks of the file, in this order"),
      fadeFrames: z.int().min(0).max(24).default(2).describe("How soft takes begin and end within a shot"),
      colourMatch: z.enum(["surroundings", "none"]).default("surroundings"),
      grain: z
        .enum(["surroundings", "none"])
        .default("surroundings")
        .describe("What new mouths are given of the film's grain"),
      overwrite: z.boolean().default(false).describe("Replace a file that is there"),
    }),
    output: z.strictObject({
      path: z.string(),
      codec: z.string(),
      frames: z.int().nonnegative(),
      /** Frames in which a take shows; all others are the source's own. */
      touchedFrames: z.int().nonnegative(),
      segments: z.int().nonnegative(),
      startTimecode: z.string().nullable(),
      audioTracks: z.int().nonnegative(),
      /** What to know about the file before it is sent on. */
      warnings: z.array(z.strictObject({ code: z.string(), message: z.string() })),
    }),
  }),
};
