// Which segments have a take under way. Jobs of one segment say so themselves; what a job of several is about, the window
// that started it knows.
import { create } from "zustand";
import type { JobProgress } from "../../shared/contract/index.ts";
import type { RecordId } from "../../shared/project/index.ts";
import { useJobs } from "../connection/core-context.tsx";
import { isActive } from "../connection/job-list.ts";

type Started = { readonly segmentsOfJob: ReadonlyMap<string, readonly RecordId<"segment">[]> };

const useStarted = create<Started>(() => ({ segmentsOfJob: new Map() }));

export const noteStarted = (jobId: string, segmentIds: readonly RecordId<"segment">[]): void =>
  useStarted.setState(({ segmentsOfJob }) => ({ segmentsOfJob: new Map([...segmentsOfJob, [jobId, segmentIds]]) }));

/** Undefined while nothing is made for the segment. */
export function useGenerating(segmentId: RecordId<"segment">): Pick<JobProgress, "doneRatio"> | undefined {
  const segmentsOfJob = useStarted((state) => state.segmentsOfJob);
  const job = useJobs().find(
    (each) =>
      each.kind === "segments.generate" &&
      isActive(each) &&
      (each.labels["segmentId"] === segmentId || segmentsOfJob.get(each.jobId)?.includes(segmentId)),
  );
  return job ? { doneRatio: job.progress?.doneRatio ?? null } : undefined;
}
