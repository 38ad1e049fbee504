// What is told of one exported file or folder: what it was made from, how, what it is, and what to look at. JSON by this schema.
import { z } from "zod";
import { takeScoreSchema, takeSettingsSchema } from "../../../shared/project/index.ts";

const count = z.int().nonnegative();
const sha256 = z.hash("sha256");
const loudness = z.strictObject({
  integratedLufs: z.number().nullable(),
  maxShortTermLufs: z.number().nullable(),
  truePeakDbtp: z.number().nullable(),
});
const warning = z.strictObject({ code: z.string(), message: z.string() });

export const deliveryReportSchema = z.strictObject({
  format: z.literal(1),
  program: z.string(),
  madeAt: z.iso.datetime(),
  /** Of everything that decides the content; see `contentKeyOf`. */
  contentKey: sha256,
  output: z.strictObject({
    fileName: z.string(),
    kind: z.enum(["file", "folder"]),
    sizeBytes: count,
    /** Of the file; of a folder, of its files' names and hashes as `sha256sum` lists them, sorted by name. */
    sha256,
    files: count,
  }),
  source: z.strictObject({
    path: z.string(),
    sizeBytes: count,
    /** Of size, first, middle and last MiB, and facts. */
    contentIdentity: sha256,
    headSha256: sha256,
    middleSha256: sha256,
    tailSha256: sha256,
  }),
  reel: z.strictObject({
    name: z.string(),
    frameRate: z.string(),
    durationFrames: count,
    startTimecode: z.string(),
  }),
  version: z.strictObject({ name: z.string(), language: z.string() }),
  preset: z.strictObject({ id: z.string(), name: z.string() }),
  picture: z.strictObject({
    codec: z.string(),
    widthPx: count,
    heightPx: count,
    bitDepth: count,
    color: z.string(),
    timecode: z.string().nullable(),
    frames: count,
    touchedFrames: count,
    /** Frames whose packets are the source's own, byte for byte; null where the picture was encoded anew. */
    copiedPackets: count.nullable(),
    whyEncoded: z.string().nullable(),
  }),
  tracks: z.array(
    z.strictObject({
      title: z.string(),
      languageTag: z.string(),
      dispositions: z.array(z.string()),
      codec: z.string(),
      channels: count,
      channelLayout: z.string().nullable(),
      sampleRateHz: count,
      /** As the file stores it. */
      storedLanguage: z.string().nullable(),
      sources: z.array(z.string()),
    }),
  ),
  /** Of the first track, as it stands in the file. */
  loudness: z
    .strictObject({
      written: loudness,
      before: loudness.nullable(),
      gainDb: z.number(),
      targetLufs: z.number().nullable(),
    })
    .nullable(),
  segments: z.array(
    z.strictObject({
      in: z.string(),
      out: z.string(),
      character: z.string().nullable(),
      state: z.string(),
      takeNumber: count,
      takeSha256: sha256,
      settings: takeSettingsSchema,
      adapterSha256: sha256.nullable(),
      syncConfidence: z.number().nullable(),
      avOffsetFrames: z.int().nullable(),
      score: takeScoreSchema.nullable(),
    }),
  ),
  difference: z.strictObject({
    /** Per frame that compositing touched: its index, how many samples of all planes changed. */
    frames: z.array(z.tuple([count, count])),
    samplesPerFrame: count,
    /** Beyond every mask. Anything but 0 is a fault of the program. */
    changedOutsideMasks: count,
  }),
  provenance: z.strictObject({
    digitalSourceType: z.string(),
    software: z.string(),
    /** The tags as they were read back from the file; empty where it can hold none. */
    inFile: z.record(z.string(), z.string()),
  }),
  warnings: z.array(warning),
});

export type DeliveryReport = z.infer<typeof deliveryReportSchema>;
export type ReportWarning = z.infer<typeof warning>;

/** IPTC's word for a picture in which a trained model has changed a part. */
export const compositeWithModel = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia";

/** Tags of the file as a whole, in words that every container keeps. */
export const provenanceTags = (software: string, touchedFrames: number): Readonly<Record<string, string>> => ({
  software,
  ...(touchedFrames > 0 ? { digital_source_type: compositeWithModel } : {}),
});

/** Where the reports of an exported file or folder lie. */
export const reportPathOf = (outputPath: string): string => `${outputPath}.report.json`;
export const reportPagePathOf = (outputPath: string): string => `${outputPath}.report.html`;

/** The report in `text`; undefined when it is none, or of another release's making. */
export function readReport(text: string): DeliveryReport | undefined {
  try {
    return deliveryReportSchema.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
