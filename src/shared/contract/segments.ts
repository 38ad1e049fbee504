// Operations on segments: where one character's lips are re-synced in a version.
import { z } from "zod";
import { idSchema } from "../project/index.ts";
import { edit, job, query } from "./kinds.ts";
import { editAnswerSchema } from "./project.ts";

const segmentId = idSchema("segment");
const segmentIds = z.array(segmentId).min(1).max(5000);
const versionId = idSchema("version");
const reelId = idSchema("reel");
const characterId = idSchema("character").nullable();
const frame = z.int().nonnegative();
const states = z.enum(["proposed", "to-do", "approved", "ignored"]);

const range = z
  .string()
  .max(60)
  .describe("First frame in and first frame out: 01:00:10:00-01:00:12:00, or #240-#300 in frames of the reel");

const listed = z.strictObject({
  segmentId,
  reelId,
  versionId,
  characterId,
  startFrame: frame,
  durationFrames: z.int().positive(),
  /** Timecode of the first frame in and the first frame out. */
  inTimecode: z.string(),
  outTimecode: z.string(),
  state: states,
  takes: z.int().nonnegative(),
  selectedTakeId: idSchema("take").nullable(),
  selectedTakeNumber: z.int().nullable(),
  /** Of the selected take. */
  syncConfidence: z.number().nullable(),
  /** Frames that the selected take does not cover: they show the source. All of them when none is selected. */
  uncoveredFrames: z.int().nonnegative(),
  note: z.string(),
});

export const segmentOperations = {
  "segments.list": query({
    says: "Segments of a version or a reel in order of time, with their takes counted",
    input: z.strictObject({
      versionId: versionId.optional(),
      reelId: reelId.optional(),
      characterId: characterId.optional(),
      states: z.array(states).optional(),
    }),
    output: z.strictObject({ segments: z.array(listed) }),
  }),
  "segments.propose": job({
    says: "Propose segments of a whole version: where a face that can be re-synced meets new speech, or the mouth moved before",
    input: z.strictObject({
      versionId,
      reelId: reelId.optional().describe("All reels when missing"),
      basis: z
        .enum(["both", "speech", "motion"])
        .default("both")
        .describe("New speech, a mouth that moves in the source, or either"),
      pauseMs: z.int().min(0).max(10_000).default(400).describe("Pauses up to this long stay inside one segment"),
      paddingMs: z.int().min(0).max(2000).default(120).describe("Added before and after speech"),
      leastMs: z.int().min(0).max(5000).default(200).describe("Shorter ones are left out"),
    }),
    output: z.strictObject({
      /** Ranges found; those that a decided segment holds already are not added again. */
      found: z.int().nonnegative(),
      /** Frames of the version in which someone speaks. */
      speechFrames: z.int().nonnegative(),
      warnings: z.array(z.strictObject({ code: z.string(), message: z.string() })),
    }),
  }),
  "segments.add": edit({
    says: "Add a segment by hand",
    input: z.strictObject({
      versionId,
      range,
      reelId: reelId.optional().describe("Needed where there are several reels"),
      characterId: characterId.default(null),
      note: z.string().max(10_000).default(""),
    }),
    output: editAnswerSchema.extend({ segmentId }),
  }),
  "segments.split": edit({
    says: "Cut a segment in two; both parts keep its takes",
    input: z.strictObject({
      segmentId,
      at: z.string().max(20).describe("Timecode, or #FRAME, of the second part's first frame"),
    }),
    output: editAnswerSchema.extend({ segmentIds: z.array(segmentId) }),
  }),
  "segments.merge": edit({
    says: "Make one segment of several of the same face, with what lies between them",
    input: z.strictObject({ segmentIds }),
    output: editAnswerSchema.extend({ segmentId }),
  }),
  "segments.trim": edit({
    says: "Give a segment another range; its takes stay",
    input: z.strictObject({ segmentId, range }),
    output: editAnswerSchema,
  }),
  "segments.state": edit({
    says: "Say what is to become of segments: to do, approved, ignored",
    input: z.strictObject({ segmentIds, state: states }),
    output: editAnswerSchema,
  }),
  "segments.ignore": edit({
    says: "Leave the picture of segments as it is",
    input: z.strictObject({ segmentIds }),
    output: editAnswerSchema,
  }),
  "segments.note": edit({
    says: "Write a note on a segment",
    input: z.strictObject({ segmentId, note: z.string().max(10_000) }),
    output: editAnswerSchema,
  }),
  "segments.assign": edit({
    says: "Say whose lips segments re-sync",
    input: z.strictObject({ segmentIds, characterId }),
    output: editAnswerSchema,
  }),
  "segments.remove": edit({
    says: "Remove segments with their takes",
    input: z.strictObject({ segmentIds }),
    output: editAnswerSchema,
  }),
};
