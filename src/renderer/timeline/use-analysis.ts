// What is known of a clip's shots and faces: the records, and the job that is looking for them.
import { useMemo } from "react";
import type { JobSummary } from "../../shared/contract/index.ts";
import type { FaceTrack, Media, Project, Reel, Shot } from "../../shared/project/index.ts";
import { useJobs, useRecords } from "../connection/core-context.tsx";
import { faceLanes } from "./face-rows.ts";
import type { FaceLane } from "./face-rows.ts";

export type Analysis = {
  /** Undefined for sound without a picture. */
  readonly reel: Reel | undefined;
  readonly shots: readonly Shot[];
  readonly lanes: readonly FaceLane[];
  readonly limits: Project["eligibilityLimits"];
  /** The one that waits, works or has failed last; undefined when there is none. */
  readonly job: JobSummary | undefined;
};

const noTracks: readonly FaceTrack[] = [];
const noShots: readonly Shot[] = [];

export function useAnalysis(mediaId: Media["id"]): Analysis {
  const reel = useRecords("reel")?.find((each) => each.mediaId === mediaId);
  const reelId = reel?.id;
  const allShots = useRecords("shot");
  const allTracks = useRecords("face-track");
  const characters = useRecords("character");
  const project = useRecords("project")?.[0];
  const shots = useMemo(() => allShots?.filter((shot) => shot.reelId === reelId) ?? noShots, [allShots, reelId]);
  const tracks = useMemo(() => allTracks?.filter((track) => track.reelId === reelId) ?? noTracks, [allTracks, reelId]);
  const lanes = useMemo(() => faceLanes(tracks, characters ?? []), [tracks, characters]);
  const job = useJobs().find(
    ({ kind, labels, state }) =>
      (kind === "faces.track" || kind === "shots.detect") &&
      labels["reelId"] === reelId &&
      state !== "done" &&
      state !== "cancelled",
  );
  return { reel, shots, lanes, limits: project?.eligibilityLimits ?? null, job };
}
