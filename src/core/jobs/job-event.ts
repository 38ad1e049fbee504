// What the queue announces. Events tell what has been recorded; nothing depends on their being heard.
import type { FailureData } from "../../shared/failure/index.ts";
import type { Job, JobLogEntry, JobProgress } from "./job.ts";

export type JobEvent =
  /** A job was queued or its state changed. */
  | { readonly type: "changed"; readonly job: Job }
  /** At most four times a second per job. `perSecond` is in the progress' unit. */
  | {
      readonly type: "progressed";
      readonly jobId: string;
      readonly progress: JobProgress;
      readonly perSecond: number | undefined;
      readonly timeLeftMs: number | undefined;
    }
  | { readonly type: "logged"; readonly jobId: string; readonly entry: JobLogEntry }
  /** The store or the temp folder could not be written; it is tried again. */
  | { readonly type: "trouble"; readonly failure: FailureData };
