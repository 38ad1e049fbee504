// Operations on localized versions and the sound laid under them.
import { z } from "zod";
import { idSchema, languageTagSchema } from "../project/index.ts";
import { edit, query } from "./kinds.ts";
import { editAnswerSchema } from "./project.ts";

const name = z.string().min(1).max(200);
const versionId = idSchema("version");
const reelId = idSchema("reel");
const trackId = idSchema("audio-track");
const mediaId = idSchema("media");
const characterId = idSchema("character").nullable();
const stem = z.enum(["dialogue", "music-and-effects", "mix"]);
const gainDb = z.number().min(-96).max(24);
const count = z.int().nonnegative();

const offsetSamples = z
  .int()
  .describe("Where the sound begins on the reel, in samples of its own rate; negative is earlier");
const at = z
  .string()
  .max(20)
  .describe('Timecode of the reel at which the sound begins; "file" for the time that a Broadcast Wave carries');

/** What an editor should know about sound that was laid in. Stable codes, with a sentence for people. */
const soundWarning = z.strictObject({
  code: z.enum(["shorter-than-reel", "longer-than-reel", "starts-before-reel", "beside-reel", "low-sample-rate"]),
  message: z.string(),
});

const track = z.strictObject({
  trackId,
  versionId,
  reelId,
  mediaId,
  streamIndex: count,
  /** The file's name. */
  name: z.string(),
  stem,
  characterId,
  /** Timecode of the reel at which the sound begins: the label of the frame that shows when its first sample sounds. */
  startsAt: z.string(),
  offsetSamples: z.int(),
  sampleRateHz: z.int(),
  channelCount: z.int(),
  durationMs: count,
  gainDb: z.number(),
  warnings: z.array(soundWarning),
});

export const versionOperations = {
  "versions.add": edit({
    says: "Add a localized version",
    input: z.strictObject({
      language: languageTagSchema,
      name: name.optional().describe("The language's own when missing"),
    }),
    output: editAnswerSchema.extend({ versionId }),
  }),
  "versions.list": query({
    says: "Localized versions with what has been laid in, picked and done in each",
    input: z.strictObject({}),
    output: z.strictObject({
      versions: z.array(
        z.strictObject({
          versionId,
          language: z.string(),
          name: z.string(),
          dialogueTracks: count,
          otherTracks: count,
          segments: count,
          /** Segments by state; ignored ones are in `segments` only. */
          proposed: count,
          toDo: count,
          approved: count,
          takes: count,
        }),
      ),
    }),
  }),
  "versions.rename": edit({
    says: "Rename a localized version",
    input: z.strictObject({ versionId, name }),
    output: editAnswerSchema,
  }),
  "versions.remove": edit({
    says: "Remove a localized version with its sound, segments and takes",
    input: z.strictObject({ versionId }),
    output: editAnswerSchema,
  }),
  "dialogue.add": edit({
    says: "Lay the sound of a file under a reel as dialogue, M&E or mix of a version; a new file is imported as well",
    input: z.strictObject({
      versionId,
      path: z.string().min(1).max(4096),
      reelId: reelId.optional().describe("Needed where there are several reels"),
      streamIndex: count.optional().describe("The first audio stream when missing"),
      stem: stem.default("dialogue"),
      characterId: characterId.default(null).describe("Whose dialogue; all speak in it when missing"),
      offsetSamples: offsetSamples.optional(),
      at: at.optional(),
      gainDb: gainDb.default(0),
    }),
    output: editAnswerSchema.extend({ trackId, mediaId, warnings: z.array(soundWarning) }),
  }),
  "dialogue.list": query({
    says: "Sound laid under the reels of the versions",
    input: z.strictObject({ versionId: versionId.optional(), reelId: reelId.optional() }),
    output: z.strictObject({ tracks: z.array(track) }),
  }),
  "dialogue.offset": edit({
    says: "Slip a track under its fixed picture: to a timecode, to a sample, or by an amount",
    input: z.strictObject({
      trackId,
      offsetSamples: offsetSamples.optional(),
      at: at.optional(),
      slipFrames: z.int().optional().describe("By this many frames; negative is earlier"),
      slipSamples: z.int().optional().describe("By this many samples; negative is earlier"),
    }),
    output: editAnswerSchema.extend({ offsetSamples: z.int(), warnings: z.array(soundWarning) }),
  }),
  "dialogue.change": edit({
    says: "Say anew how loud a track is, what it is, or whose",
    input: z.strictObject({
      trackId,
      gainDb: gainDb.optional(),
      stem: stem.optional(),
      characterId: characterId.optional(),
    }),
    output: editAnswerSchema,
  }),
  "dialogue.remove": edit({
    says: "Take a track out of a version; the file stays in the project",
    input: z.strictObject({ trackId }),
    output: editAnswerSchema,
  }),
};
