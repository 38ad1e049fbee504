// The list of models, read again whenever a job of theirs begins or ends; and the jobs, found by what they are about.
import { useCallback, useEffect, useState } from "react";
import type { AnswerOf, JobSummary } from "../../shared/contract/index.ts";
import { useConnectionState, useJobs, useOperations } from "../connection/core-context.tsx";
import { notify } from "../state/notices.ts";

export type ModelList = AnswerOf<"models.list">;
export type PublishedModel = ModelList["models"][number];
export type StoredModel = ModelList["own"][number];
export type Licence = ModelList["licences"][number];

export const isModelJob = ({ kind }: JobSummary): boolean => kind.startsWith("models.");

export function useModels() {
  const operations = useOperations();
  const isOpen = useConnectionState((state) => state.state === "open");
  const jobs = useJobs().filter(isModelJob);
  const [list, setList] = useState<ModelList | undefined>();
  const read = useCallback(() => {
    operations["models.list"]({}).then(setList, notify);
  }, [operations]);
  const progressOfQueue = jobs.map(({ jobId, state }) => `${jobId} ${state}`).join();
  useEffect(() => {
    if (isOpen) read();
  }, [isOpen, read, progressOfQueue]);
  return { list, jobs, read };
}
