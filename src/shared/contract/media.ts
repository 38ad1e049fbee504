// Operations on media: look at a file, bring it in, prepare what previews need, find it again when it moved.
import { z } from "zod";
import { idSchema, mediaFactsSchema } from "../project/index.ts";
import { edit, job, query } from "./kinds.ts";
import { editAnswerSchema } from "./project.ts";

const path = z.string().min(1).max(4096);
const mediaId = idSchema("media");
const reelId = idSchema("reel");
const url = z.string();

const preparation = z.enum(["ready", "preparing", "failed", "missing"]);

/** A picture to play and draw with. URLs are relative to the host and carry byte ranges. */
const previews = z.strictObject({
  mediaId,
  isOnline: z.boolean(),
  proxy: z.strictObject({ state: preparation, url: url.nullable() }),
  thumbnails: z.strictObject({
    state: preparation,
    url: url.nullable(),
    /** JPEG strip: `columns` pictures a row, each `widthPx` x `heightPx`, one every `stepFrames` frames. */
    layout: z
      .strictObject({
        columns: z.int(),
        widthPx: z.int(),
        heightPx: z.int(),
        stepFrames: z.int(),
        count: z.int(),
      })
      .nullable(),
  }),
  /** One peaks file per audio stream, in the layout that `media.peaks` describes. */
  peaks: z.array(z.strictObject({ streamIndex: z.int(), state: preparation, url: url.nullable() })),
});

export const mediaOperations = {
  "media.probe": query({
    says: "What is in a media file: exact rate, frames, timecode, colour, sound; nothing is imported",
    project: "none",
    input: z.strictObject({ path }),
    output: z.strictObject({ facts: mediaFactsSchema }),
  }),
  "media.import": job({
    says: "Bring a media file into the project and prepare proxy, thumbnails and waveform",
    input: z.strictObject({
      path,
      previews: z.boolean().default(true).describe("Prepare proxy, thumbnails and waveform at once"),
    }),
    output: z.strictObject({ mediaId, reelId: reelId.nullable() }),
  }),
  "media.prepare": job({
    says: "Make the proxy, thumbnails and waveform of a media file again where they are missing",
    input: z.strictObject({ mediaId }),
    output: z.strictObject({}),
  }),
  "media.previews": query({
    says: "Where to play a media file and read its thumbnails and waveforms, and whether the file is there",
    input: z.strictObject({ mediaId }),
    output: previews,
  }),
  "media.peaks": query({
    says: "Peaks of an audio stream between two samples, at most `buckets` of them, as alternating minimum and maximum",
    input: z.strictObject({
      mediaId,
      streamIndex: z.int().nonnegative(),
      startSample: z.int().nonnegative(),
      endSample: z.int().positive(),
      buckets: z.int().min(1).max(16_384),
    }),
    output: z.strictObject({
      sampleRateHz: z.int(),
      channelCount: z.int(),
      /** Samples that one bucket covers. */
      samplesPerBucket: z.int(),
      /** Where the first bucket begins: at or before the start that was asked for. */
      startSample: z.int(),
      /** Per channel, minimum and maximum of each bucket in turn, -1..1. */
      channels: z.array(z.array(z.number())),
    }),
  }),
  "media.remove": edit({
    says: "Take a media file out of the project with everything made from it; the file itself stays",
    input: z.strictObject({ mediaId }),
    output: editAnswerSchema,
  }),
  "media.relink": edit({
    says: "Point a media file at the place it moved to; other content is refused",
    input: z.strictObject({ mediaId, path }),
    output: editAnswerSchema.extend({
      /** Other missing files that lie at the same change of folder. */
      alsoFound: z.array(z.strictObject({ mediaId, path: z.string() })),
    }),
  }),
  "reel.rename": edit({
    says: "Rename a reel",
    input: z.strictObject({ reelId, name: z.string().min(1).max(200) }),
    output: editAnswerSchema,
  }),
  "reel.move": edit({
    says: "Move a reel to another place in the programme, counted from 0",
    input: z.strictObject({ reelId, order: z.int().nonnegative() }),
    output: editAnswerSchema,
  }),
  "reel.timecode": edit({
    says: "Set the timecode of a reel's first frame; a semicolon before the frames means drop-frame",
    input: z.strictObject({ reelId, timecode: z.string().max(20) }),
    output: editAnswerSchema,
  }),
};
