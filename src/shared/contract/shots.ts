// Operations on shots: find them, list them, correct their cuts, take them from an edit list.
import { z } from "zod";
import { idSchema } from "../project/index.ts";
import { edit, job, query } from "./kinds.ts";
import { editAnswerSchema } from "./project.ts";

const shotId = idSchema("shot");
const reelId = idSchema("reel").optional().describe("Needed where there are several reels");
const at = z.string().max(20).describe("Timecode, or #FRAME, of the first frame after the cut");
const frame = z.int().nonnegative();

const listed = z.strictObject({
  shotId,
  startFrame: frame,
  durationFrames: z.int().positive(),
  /** Timecode of the first frame in and the first frame out. */
  inTimecode: z.string(),
  outTimecode: z.string(),
  opensWith: z.enum(["start", "cut", "dissolve", "fade"]),
  decidedBy: z.enum(["detector", "editor", "edit-list"]),
  faceTracks: z.int().nonnegative(),
});

export const shotOperations = {
  "shots.detect": job({
    says: "Find the shots of a reel; what was seen is kept, so that tracking its faces afterwards takes no second pass",
    input: z.strictObject({
      reelId,
      replace: z.boolean().default(false).describe("Shots that were corrected by hand or came from an edit list, too"),
    }),
    output: z.strictObject({ reelId: idSchema("reel"), shots: z.int().nonnegative() }),
  }),
  "shots.list": query({
    says: "Shots of a reel in order of time",
    input: z.strictObject({ reelId }),
    output: z.strictObject({ reelId: idSchema("reel"), shots: z.array(listed) }),
  }),
  "shots.cut": edit({
    says: "Add a cut; face tracks across it are split",
    input: z.strictObject({ at, reelId }),
    output: editAnswerSchema.extend({ shotId }),
  }),
  "shots.move": edit({
    says: "Move the cut that a shot begins with; face tracks across its new place are split",
    input: z.strictObject({ shotId, at }),
    output: editAnswerSchema,
  }),
  "shots.join": edit({
    says: "Remove the cut that a shot begins with; face tracks stay as they are",
    input: z.strictObject({ shotId }),
    output: editAnswerSchema,
  }),
  "shots.import": edit({
    says: "Take the cuts of a reel from an edit list (CMX 3600), by its record timecodes; face tracks across them are split",
    input: z.strictObject({
      edl: z.string().min(1).max(4096).describe("Path of the edit list"),
      reelId,
    }),
    output: editAnswerSchema.extend({
      shots: z.int().nonnegative(),
      /** What the list holds and was passed over, each as a sentence. */
      notes: z.array(z.string()),
    }),
  }),
};
