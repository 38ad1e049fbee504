// Operations on durable jobs, and how a job looks from outside.
import { z } from "zod";
import { act, query } from "./kinds.ts";
import { failureDataSchema } from "./wire.ts";

const jobId = z.string().min(1).max(80);
const nothing = z.strictObject({});

export const jobStates = ["queued", "running", "paused", "done", "failed", "cancelled"] as const;

export const jobProgressSchema = z.strictObject({
  jobId,
  /** 0..1; null while the total is not known. */
  doneRatio: z.number().min(0).max(1).nullable(),
  done: z.number(),
  total: z.number(),
  unit: z.string(),
  perSecond: z.number().nullable(),
  leftMs: z.number().nullable(),
  /** What it is at now, in one English phrase; empty when there is nothing to say. */
  stage: z.string(),
});

export const jobSummarySchema = z.strictObject({
  jobId,
  kind: z.string(),
  /** What it is about, for people: a file name, a segment. */
  title: z.string(),
  state: z.enum(jobStates),
  priority: z.int(),
  attempts: z.int().nonnegative(),
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
  failure: failureDataSchema.nullable(),
  /** The job's output, as its operation in the contract says; null until done. */
  result: z.unknown(),
  progress: jobProgressSchema.nullable(),
  labels: z.record(z.string(), z.string()),
});

export type JobSummary = z.infer<typeof jobSummarySchema>;
export type JobProgress = z.infer<typeof jobProgressSchema>;

const answer = z.strictObject({ job: jobSummarySchema });

export const jobOperations = {
  "jobs.list": query({
    says: "Jobs of the open project and of the application, newest first",
    project: "optional",
    input: z.strictObject({
      states: z.array(z.enum(jobStates)).optional(),
      limit: z.int().min(1).max(1000).default(200),
    }),
    output: z.strictObject({ jobs: z.array(jobSummarySchema) }),
  }),
  "jobs.get": query({ says: "One job", input: z.strictObject({ jobId }), output: answer }),
  "jobs.log": query({
    says: "The log of a job, oldest line first",
    input: z.strictObject({ jobId, limit: z.int().min(1).max(5000).default(500) }),
    output: z.strictObject({
      lines: z.array(z.strictObject({ at: z.iso.datetime(), level: z.string(), message: z.string() })),
    }),
  }),
  "jobs.pause": act({
    says: "Pause a job; finished pieces are kept, and resuming goes on from there",
    input: z.strictObject({ jobId }),
    output: answer,
  }),
  "jobs.resume": act({ says: "Resume a paused job", input: z.strictObject({ jobId }), output: answer }),
  "jobs.cancel": act({ says: "Cancel a job for good", input: z.strictObject({ jobId }), output: answer }),
  "jobs.retry": act({
    says: "Queue a failed or cancelled job again",
    input: z.strictObject({ jobId }),
    output: answer,
  }),
  "jobs.clear": act({
    says: "Forget jobs that are done, failed or cancelled",
    input: nothing,
    output: z.strictObject({ removed: z.int().nonnegative() }),
  }),
};
