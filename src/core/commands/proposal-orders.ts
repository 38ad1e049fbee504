// What a proposal of segments is told and what it tells back.
import { z } from "zod";
import { eligibilityLimitsSchema, idSchema, recordSchemas } from "../../shared/project/index.ts";

const count = z.int().nonnegative();
const frameRange = z.strictObject({ startFrame: count, durationFrames: z.int().positive() });

export const proposalOrderSchema = z.strictObject({
  versionId: idSchema("version"),
  basis: z.enum(["speech", "motion", "both"]),
  limits: eligibilityLimitsSchema,
  pauseMs: count,
  paddingMs: count,
  leastMs: count,
  reels: z.array(
    z.strictObject({
      reel: recordSchemas.reel,
      shots: z.array(frameRange),
      faces: z.array(recordSchemas["face-track"]),
      tracks: z.array(z.strictObject({ track: recordSchemas["audio-track"], media: recordSchemas.media })),
    }),
  ),
});
export type ProposalOrder = z.infer<typeof proposalOrderSchema>;

/** The facts of the piece `proposalsKey`. */
export const proposalsSchema = z.strictObject({
  versionId: idSchema("version"),
  reels: z.array(
    z.strictObject({
      reelId: idSchema("reel"),
      leastFrames: count,
      proposals: z.array(frameRange.extend({ characterId: idSchema("character").nullable() })),
    }),
  ),
  speechFrames: count,
  warnings: z.array(z.strictObject({ code: z.string(), message: z.string() })),
});
export type Proposals = z.infer<typeof proposalsSchema>;

export const proposalsKey = "proposals";
