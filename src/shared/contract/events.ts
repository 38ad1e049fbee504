// What the core announces. Events tell what happened; nobody may rely on one to get work done.
import { z } from "zod";
import { diffSchema } from "../project/index.ts";
import { jobProgressSchema, jobSummarySchema } from "./jobs.ts";
import { projectInfoSchema } from "./project.ts";

export const contractEventSchema = z.discriminatedUnion("type", [
  /** Records changed; `revision` counts every diff of the project, undo and redo included. */
  z.strictObject({ type: z.literal("records-changed"), revision: z.int(), diff: diffSchema }),
  /** Too much changed to be told record by record: read again what is shown. */
  z.strictObject({ type: z.literal("records-reset"), revision: z.int() }),
  z.strictObject({ type: z.literal("project-opened"), project: projectInfoSchema }),
  z.strictObject({ type: z.literal("project-closed") }),
  /** A job was queued or its state changed. */
  z.strictObject({ type: z.literal("job-changed"), job: jobSummarySchema }),
  /** At most four times a second per job. */
  z.strictObject({ type: z.literal("job-progressed"), progress: jobProgressSchema }),
]);

export type ContractEvent = z.infer<typeof contractEventSchema>;
