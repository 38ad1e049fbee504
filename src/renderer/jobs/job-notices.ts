// A job that fails while the page is open is told at once, wherever a person is looking.
import { useEffect, useRef } from "react";
import { useJobs } from "../connection/core-context.tsx";
import { notifyOf } from "../state/notices.ts";

/** A component of its own, so that progress redraws it alone. */
export function JobNotices() {
  const jobs = useJobs();
  const statesBefore = useRef<ReadonlyMap<string, string>>(new Map());
  useEffect(() => {
    for (const { jobId, title, state, failure } of jobs) {
      const before = statesBefore.current.get(jobId);
      if (state === "failed" && failure && before !== undefined && before !== "failed") notifyOf(title, failure);
    }
    statesBefore.current = new Map(jobs.map(({ jobId, state }) => [jobId, state]));
  }, [jobs]);
  return null;
}
