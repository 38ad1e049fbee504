// The versions of the project, the one that is worked on, and the sound that lies under its reels.
import { useEffect, useState } from "react";
import type { AnswerOf } from "../../shared/contract/index.ts";
import type { Version } from "../../shared/project/index.ts";
import { useConnectionState, useOperations, useRecords } from "../connection/core-context.tsx";
import { notifyOfRead } from "../state/notices.ts";
import { useViewStore } from "../state/view-store.ts";

export type DialogueTrack = AnswerOf<"dialogue.list">["tracks"][number];

const none: readonly Version[] = [];

/** While nobody has chosen one, the first is worked on. */
export function useVersions(): { readonly versions: readonly Version[]; readonly current: Version | undefined } {
  const versions = useRecords("version") ?? none;
  const chosenId = useViewStore((state) => state.chosenVersionId);
  return { versions, current: versions.find(({ id }) => id === chosenId) ?? versions[0] };
}

/** Of all versions; asked again whenever sound, media or a reel's timecode may have changed it. */
export function useDialogue(): readonly DialogueTrack[] {
  const operations = useOperations();
  const isOpen = useConnectionState((state) => state.state === "open");
  const records = useRecords("audio-track");
  const reels = useRecords("reel");
  const [tracks, setTracks] = useState<readonly DialogueTrack[]>([]);
  useEffect(() => {
    if (!isOpen || !records) return undefined;
    const leaving = new AbortController();
    operations["dialogue.list"]({}, { signal: leaving.signal }).then(
      (answer) => setTracks(answer.tracks),
      (error: unknown) => {
        if (!leaving.signal.aborted) notifyOfRead(error);
      },
    );
    return () => leaving.abort();
  }, [operations, isOpen, records, reels]);
  return tracks;
}
