// The messages of the contract, as they cross every transport.
import { z } from "zod";
import type { FailureData } from "../failure/index.ts";

/** No message carries more than this as JSON: pictures and sound cross as URLs, long lists in pages. */
export const maxMessageBytes = 8 << 20;

/** At most this many calls of one connection run at once; a client keeps the rest back, a server refuses them. */
export const maxCallsInFlight = 256;

export const failureDataSchema: z.ZodType<FailureData> = z.object({
  kind: z.enum(["refused", "failed"]),
  code: z.string(),
  message: z.string(),
  hint: z.string(),
  details: z.record(z.string(), z.unknown()),
});

export const clientMessageSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("call"),
    callId: z.int().nonnegative(),
    name: z.string().max(100),
    input: z.unknown().optional(),
  }),
  /** The caller no longer wants the answer; a query in flight is aborted, an edit is finished all the same. */
  z.strictObject({ type: z.literal("abandon"), callId: z.int().nonnegative() }),
]);

export const serverMessageSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("answer"), callId: z.int().nonnegative(), output: z.unknown() }),
  z.strictObject({ type: z.literal("failure"), callId: z.int().nonnegative(), failure: failureDataSchema }),
  z.strictObject({ type: z.literal("event"), event: z.unknown() }),
]);

export type ClientMessage = z.infer<typeof clientMessageSchema>;
export type ServerMessage = z.infer<typeof serverMessageSchema>;
