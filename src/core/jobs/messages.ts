// What scheduler and worker say to each other, checked on arrival: a worker that talks nonsense is treated as broken.
import { z } from "zod";
import type { JsonValue, Piece } from "./job.ts";

const jsonSchema: z.ZodType<JsonValue> = z.json();
const failureSchema = z.strictObject({
  kind: z.enum(["refused", "failed"]),
  code: z.string(),
  message: z.string(),
  hint: z.string(),
  details: z.record(z.string(), z.unknown()),
});

/** Names that become file names: nothing hidden, no separators, no way up. */
export const pieceNameSchema = z.string().regex(/^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}$/);

const pieceFileSchema = z.strictObject({
  name: pieceNameSchema,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  sizeBytes: z.int().nonnegative(),
});

/** A piece as the worker has stored it; the scheduler adds whose it is. Also the content of a piece's manifest. */
export const storedPieceSchema = z.strictObject({
  key: pieceNameSchema,
  files: z.array(pieceFileSchema).readonly(),
  facts: jsonSchema,
});
export type StoredPiece = Pick<Piece, "key" | "files" | "facts">;

const progressSchema = z.strictObject({ done: z.number(), total: z.number(), unit: z.string(), stage: z.string() });

/** `runId` names one attempt, so that a late word of an earlier one is known as such. */
export const workerMessageSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("ready"), kinds: z.array(z.string()) }),
  z.strictObject({ type: z.literal("progress"), runId: z.string(), progress: progressSchema }),
  z.strictObject({
    type: z.literal("log"),
    runId: z.string(),
    level: z.enum(["debug", "info", "warn", "error"]),
    message: z.string(),
  }),
  z.strictObject({ type: z.literal("piece"), runId: z.string(), askId: z.int(), piece: storedPieceSchema }),
  z.strictObject({ type: z.literal("done"), runId: z.string(), result: jsonSchema }),
  z.strictObject({ type: z.literal("failed"), runId: z.string(), error: failureSchema }),
]);
export type WorkerMessage = z.infer<typeof workerMessageSchema>;

/** Everything one attempt needs. Folders are absolute. */
export const jobOrderSchema = z.strictObject({
  runId: z.string(),
  jobId: z.string(),
  kind: z.string(),
  resourceClass: z.string(),
  input: jsonSchema,
  attempt: z.int().positive(),
  fenceToken: z.int().nonnegative(),
  tempFolder: z.string(),
  contentFolder: z.string(),
  pieces: z.array(storedPieceSchema),
});
export type JobOrder = z.infer<typeof jobOrderSchema>;

export const hostMessageSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("start"), order: jobOrderSchema }),
  z.strictObject({ type: z.literal("stop"), runId: z.string(), reason: z.string() }),
  /** `failure` says why the piece was not committed; null when it was. */
  z.strictObject({ type: z.literal("piece-answer"), askId: z.int(), failure: failureSchema.nullable() }),
]);
export type HostMessage = z.infer<typeof hostMessageSchema>;
