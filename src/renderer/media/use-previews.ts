// Where a media file's proxy, thumbnails and waveforms are; asked again when a job or an edit may have changed it.
import { useEffect, useState } from "react";
import type { AnswerOf } from "../../shared/contract/index.ts";
import type { Media } from "../../shared/project/index.ts";
import { useConnectionState, useJobCount, useOperations } from "../connection/core-context.tsx";
import { isOver } from "../connection/job-list.ts";
import { isPassing, notify } from "../state/notices.ts";

export type Previews = AnswerOf<"media.previews">;

const pollMs = 1_000;

const statesOf = (previews: Previews): readonly Previews["proxy"]["state"][] => [
  previews.proxy.state,
  previews.thumbnails.state,
  ...previews.peaks.map(({ state }) => state),
];

export function usePreviews(media: Media | undefined): Previews | undefined {
  const mediaId = media?.id;
  const operations = useOperations();
  const connectionState = useConnectionState((state) => state.state);
  const jobsOver = useJobCount(isOver);
  const [previews, setPreviews] = useState<Previews | undefined>();
  // The parts of a job are done one after the other, and only its end is announced: what is under way is asked for again.
  const [round, setRound] = useState(0);
  const isPreparing = previews !== undefined && statesOf(previews).includes("preparing");
  useEffect(() => {
    if (!isPreparing) return undefined;
    const timer = setTimeout(() => setRound(round + 1), pollMs);
    return () => clearTimeout(timer);
  }, [isPreparing, round]);
  useEffect(() => {
    if (mediaId === undefined || connectionState !== "open") return undefined;
    const leaving = new AbortController();
    let again: ReturnType<typeof setTimeout> | undefined;
    operations["media.previews"]({ mediaId }, { signal: leaving.signal }).then(setPreviews, (error: unknown) => {
      if (leaving.signal.aborted) return;
      if (isPassing(error)) again = setTimeout(() => setRound(round + 1), pollMs);
      else notify(error);
    });
    return () => {
      clearTimeout(again);
      leaving.abort();
    };
  }, [operations, media, mediaId, connectionState, jobsOver, round]);
  return previews?.mediaId === mediaId ? previews : undefined;
}
