// Operations on face tracks: find them, say whose they are, correct them by hand, and see which frames can be re-synced.
import { z } from "zod";
import { eligibilityLimitsSchema, idSchema } from "../project/index.ts";
import { edit, job, query } from "./kinds.ts";
import { editAnswerSchema } from "./project.ts";

const trackId = idSchema("face-track");
const trackIds = z.array(trackId).min(1).max(10_000);
const characterId = idSchema("character").nullable();
const reelId = idSchema("reel").optional().describe("Needed where there are several reels");
const at = z.string().max(20).describe("Timecode, or #FRAME of the reel");
const range = z
  .string()
  .max(60)
  .describe("First frame in and first frame out: 01:00:10:00-01:00:12:00, or #240-#300 in frames of the reel");
const frame = z.int().nonnegative();
const durationFrames = z.int().positive();
const px = z.number().min(-100_000).max(100_000).optional();

/** Frames of a track that share a verdict. */
const verdictRun = z.strictObject({
  /** Counted in the reel. */
  startFrame: frame,
  durationFrames,
  /** Null: lips can be re-synced there. */
  reason: z
    .enum([
      "excluded",
      "no-face",
      "too-small",
      "out-of-frame",
      "turned-away",
      "tilted",
      "mouth-hidden",
      "blurred",
      "short-run",
    ])
    .nullable(),
  /** What was measured, farthest from its limit within the run, and the limit; null where eligible. */
  measured: z.number().nullable(),
  limit: z.number().nullable(),
});

const listed = z.strictObject({
  trackId,
  characterId,
  startFrame: frame,
  durationFrames,
  inTimecode: z.string(),
  outTimecode: z.string(),
  decidedBy: z.enum(["detector", "editor"]),
  eligibleFrames: frame,
  medianFaceSizePx: z.number(),
});

const degrees = z.number().min(0).max(180).optional();
const ratio = z.number().min(0).max(1).optional();

/** Limits as people say them; what is left out stays as it is. */
const limits = {
  leastFaceHeightPx: z.number().min(0).max(100_000).optional().describe("Height of the face in pixels of the picture"),
  leastInFrameRatio: ratio.describe("Share of the face inside the picture, 0 to 1"),
  mostYawDegrees: degrees.describe("Turned to a side"),
  mostPitchDegrees: degrees.describe("Tilted up or down"),
  leastSharpnessRatio: ratio.describe("0 is wholly blurred, about 0.3 and more is sharp"),
  mostHiddenRatio: ratio.describe("Share of the mouth's region that something hides, 0 to 1"),
  leastRunFrames: z.int().min(0).max(10_000).optional().describe("Shorter eligible stretches are left as they are"),
};

export const faceOperations = {
  "faces.track": job({
    says: "Find the shots of a reel and follow every face in them; a stopped one goes on where it was",
    input: z.strictObject({
      reelId,
      replace: z.boolean().default(false).describe("Tracks that were corrected or assigned by hand, too"),
    }),
    output: z.strictObject({
      reelId: idSchema("reel"),
      shots: z.int().nonnegative(),
      tracks: z.int().nonnegative(),
      /** Frames that the file does not hold any more; they were passed over. */
      missingFrames: z.int().nonnegative(),
    }),
  }),
  "faces.list": query({
    says: "Face tracks of a reel in order of time",
    input: z.strictObject({ reelId, characterId: characterId.optional(), range: range.optional() }),
    output: z.strictObject({ reelId: idSchema("reel"), tracks: z.array(listed) }),
  }),
  "faces.verdicts": query({
    says: "For some face tracks, run by run, what keeps their frames from being re-synced",
    input: z.strictObject({ trackIds: z.array(trackId).min(1).max(500) }),
    output: z.strictObject({ tracks: z.array(z.strictObject({ trackId, runs: z.array(verdictRun) })) }),
  }),
  "faces.geometry": query({
    says: "Boxes and anchors of a face track frame by frame, as corrected by hand; at most 2,000 frames",
    input: z.strictObject({ trackId, range: range.optional() }),
    output: z.strictObject({
      trackId,
      startFrame: frame,
      /** Of the coded frame, in whose pixels everything is. */
      widthPx: z.int(),
      heightPx: z.int(),
      rotationDegrees: z.int(),
      /** Per frame: x, y, width, height. */
      boxes: z.array(z.array(z.number())),
      /** Per frame: left brow, right brow, nose, x and y of each; smoothed, as alignment takes them. */
      anchors: z.array(z.array(z.number())),
      /** Frames of the reel at which something was moved by hand. */
      keyFrames: z.array(frame),
    }),
  }),
  "faces.eligibility": query({
    says: "How many frames of a reel's faces can be re-synced, and how many each reason takes; with other limits to try",
    input: z.strictObject({ reelId, ...limits }),
    output: z.strictObject({
      reelId: idSchema("reel"),
      limits: eligibilityLimitsSchema,
      /** Whether these are the project's, or some were tried. */
      isTrial: z.boolean(),
      tracks: z.int().nonnegative(),
      faceFrames: z.int().nonnegative(),
      eligibleFrames: z.int().nonnegative(),
      /** By the limits of the project. */
      eligibleFramesNow: z.int().nonnegative(),
      reasons: z.array(z.strictObject({ reason: verdictRun.shape.reason.unwrap(), frames: frame, tracks: frame })),
    }),
  }),
  "faces.suggest": query({
    says: "Which face tracks seem to show one person, over all reels; to confirm with faces assign",
    input: z.strictObject({}),
    output: z.strictObject({
      /** "appearance": by colours and edges, which light and make-up change; "embedding": by a face network. */
      basis: z.enum(["appearance", "embedding"]),
      people: z.array(
        z.strictObject({
          /** Whose most of these frames are already; null: nobody's yet. */
          characterId,
          tracks: z.array(z.strictObject({ trackId, characterId, scoreRatio: z.number() })),
        }),
      ),
      /** Tracks of which too little was seen. */
      unknownTrackIds: z.array(trackId),
    }),
  }),
  "faces.limits": edit({
    says: "Set what a face must be like for its lips to be re-synced, for the whole project",
    input: z.strictObject({ ...limits, usual: z.boolean().default(false).describe("Back to the usual limits first") }),
    output: editAnswerSchema.extend({ limits: eligibilityLimitsSchema, eligibleFrames: frame }),
  }),
  "faces.assign": edit({
    says: "Say whose face tracks are",
    input: z.strictObject({ characterId, trackIds }),
    output: editAnswerSchema,
  }),
  "faces.split": edit({
    says: "Split a face track in two",
    input: z.strictObject({ trackId, at }),
    output: editAnswerSchema.extend({ trackIds: z.array(trackId) }),
  }),
  "faces.merge": edit({
    says: "Make one track of several of the same face; frames between them are filled in",
    input: z.strictObject({ trackIds }),
    output: editAnswerSchema.extend({ trackId }),
  }),
  "faces.fix": edit({
    says: "Move the box or anchors of a face at a frame, which becomes a key frame; between key frames the move changes evenly",
    input: z.strictObject({
      trackId,
      at,
      x: px.describe("Left edge of the box, in pixels of the coded frame"),
      y: px,
      width: px,
      height: px,
      leftBrowX: px,
      leftBrowY: px,
      rightBrowX: px,
      rightBrowY: px,
      noseX: px,
      noseY: px,
      clear: z.boolean().default(false).describe("Take back what was moved at this frame"),
    }),
    output: editAnswerSchema,
  }),
  "faces.exclude": edit({
    says: "Take frames of a face track out, so that their picture stays as it is",
    input: z.strictObject({ trackId, range }),
    output: editAnswerSchema,
  }),
  "faces.include": edit({
    says: "Take frames of a face track in again",
    input: z.strictObject({ trackId, range }),
    output: editAnswerSchema,
  }),
  "faces.remove": edit({
    says: "Remove tracks of what is no face",
    input: z.strictObject({ trackIds }),
    output: editAnswerSchema,
  }),
  "faces.overlay": job({
    says: "Write a film with boxes, meshes, names and reasons drawn in, for people to look at",
    input: z.strictObject({
      out: z.string().min(1).max(4096).describe("Path of the film to write: .mp4 or .mov"),
      reelId,
      range: range.optional(),
    }),
    output: z.strictObject({ path: z.string(), frames: z.int().nonnegative() }),
  }),
};
