// Batch export: every reel in every version in every preset, each a job of its own, planned, made, reported.
import { z } from "zod";
import { jobStates } from "./jobs.ts";
import { act, query } from "./kinds.ts";

const presetId = z.enum(["review", "prores", "dnxhr-mxf", "dnxhr-mov", "ffv1", "images", "patch"]);
const batchId = z.string().min(1).max(64);
/** Which files are meant: those of a batch, or these. */
const which = {
  batchId: batchId.optional().describe("The newest batch when missing"),
  jobIds: z.array(z.string().min(1).max(80)).optional().describe("These files, of whatever batch"),
} as const;

const problem = z.strictObject({
  code: z.string(),
  /** "blocks": this file is not made until it is mended. */
  weight: z.enum(["blocks", "warns"]),
  message: z.string(),
  hint: z.string(),
});

const place = {
  reel: z.string(),
  version: z.string(),
  language: z.string(),
  preset: presetId,
  path: z.string(),
} as const;

export const exportOperations = {
  "export.presets": query({
    says: "The ways out that there are: container, codec, sound, loudness of each",
    project: "none",
    input: z.strictObject({}),
    output: z.strictObject({
      presets: z.array(
        z.strictObject({
          preset: presetId,
          name: z.string(),
          says: z.string(),
          ending: z.string(),
          codec: z.string(),
          sound: z.enum(["programme", "stems", "none"]),
          targetLufs: z.number().nullable(),
          fileName: z.string(),
        }),
      ),
    }),
  }),
  "export.run": act({
    says: "Plan a batch, say what stands against it, and queue every file that nothing stands against",
    input: z.strictObject({
      presets: z.array(presetId).min(1).describe("Which ways out; export presets lists them"),
      versions: z.array(z.string().min(1)).default(["all"]).describe("Languages, names or ids of versions, or all"),
      reels: z.array(z.string().min(1)).default(["all"]).describe("Names or ids of reels, or all"),
      out: z.string().max(4096).optional().describe("The folder to write into; the project's exports when missing"),
      unapproved: z
        .enum(["warn", "hold"])
        .default("warn")
        .describe("Whether files that show segments nobody approved are made with a warning or held back"),
      fadeFrames: z.int().min(0).max(24).default(2).describe("How soft takes begin and end within a shot"),
      checkOnly: z.boolean().default(false).describe("Only say what would be done"),
    }),
    output: z.strictObject({
      batchId: z.string(),
      out: z.string(),
      cells: z.array(
        z.strictObject({
          ...place,
          /** Null where something blocks it, or where nothing was to be queued. */
          jobId: z.string().nullable(),
          frames: z.int().nonnegative(),
          problems: z.array(problem),
        }),
      ),
    }),
  }),
  "export.list": query({
    says: "The files of a batch and how each stands",
    input: z.strictObject(which),
    output: z.strictObject({
      batchId: z.string().nullable(),
      out: z.string().nullable(),
      cells: z.array(
        z.strictObject({
          ...place,
          jobId: z.string(),
          state: z.enum(jobStates),
          /** "unchanged": it was there already, made from the same inputs, and was left as it is. */
          outcome: z.enum(["made", "unchanged"]).nullable(),
          doneRatio: z.number().nullable(),
          leftMs: z.number().nullable(),
          stage: z.string(),
          failure: z.string().nullable(),
          hint: z.string().nullable(),
          warnings: z.int().nonnegative(),
        }),
      ),
    }),
  }),
  "export.retry": act({
    says: "Queue the files of a batch again that failed or were cancelled",
    input: z.strictObject(which),
    output: z.strictObject({ batchId: z.string(), jobIds: z.array(z.string()) }),
  }),
  "export.report": act({
    says: "Write the delivery report of a batch beside its files, as JSON and as a page to print",
    input: z.strictObject(which),
    output: z.strictObject({
      batchId: z.string(),
      jsonPath: z.string(),
      pagePath: z.string(),
      made: z.int().nonnegative(),
      unchanged: z.int().nonnegative(),
      missing: z.int().nonnegative(),
      warnings: z.int().nonnegative(),
      /** What to do about the files that are missing. */
      toDo: z.array(z.strictObject({ title: z.string(), state: z.string(), why: z.string(), hint: z.string() })),
    }),
  }),
};
