// Where a media file's proxy, thumbnails and waveforms are; asked again when a job or an edit may have changed it.
import { useEffect, useState } from "react";
import type { AnswerOf } from "../../shared/contract/index.ts";
import type { RecordId } from "../../shared/project/index.ts";
import { useConnectionState, useJobs, useOperations, useRevision } from "../connection/core-context.tsx";
import { isOver } from "../connection/job-list.ts";
import { notify } from "../state/notices.ts";

export type Previews = AnswerOf<"media.previews">;

export function usePreviews(mediaId: RecordId<"media"> | undefined): Previews | undefined {
  const operations = useOperations();
  const connectionState = useConnectionState((state) => state.state);
  const revision = useRevision();
  const jobsOver = useJobs().filter(isOver).length;
  const [previews, setPreviews] = useState<Previews | undefined>();
  useEffect(() => {
    if (mediaId === undefined || connectionState !== "open") return undefined;
    const leaving = new AbortController();
    operations["media.previews"]({ mediaId }, { signal: leaving.signal }).then(setPreviews, (error: unknown) => {
      if (!leaving.signal.aborted) notify(error);
    });
    return () => leaving.abort();
  }, [operations, mediaId, connectionState, revision, jobsOver]);
  return previews?.mediaId === mediaId ? previews : undefined;
}
