// The geometry of the open project's face tracks, as handlers read and write it; verdicts once made are remembered.
import type { EligibilityLimits, FaceTrack } from "../../shared/project/index.ts";
import { judgeTrack, readTrackFile, usualEligibilityLimits, verdictRuns, writeTrackFile } from "../faces/index.ts";
import type { TrackGeometry, VerdictRun } from "../faces/index.ts";
import { mustGet, projectRecordId } from "../../shared/project/index.ts";
import type { OpenProject } from "../store/index.ts";

export type TrackFiles = {
  readonly read: (track: FaceTrack) => Promise<TrackGeometry>;
  /** Answers the hash that a record is to hold. */
  readonly write: (geometry: TrackGeometry) => Promise<string>;
  /** Frames counted in the track. */
  readonly verdicts: (track: FaceTrack, limits: EligibilityLimits) => Promise<readonly VerdictRun[]>;
};

/** Runs are small; those of a long film fit. */
const mostRemembered = 20_000;

const known = new WeakMap<OpenProject, TrackFiles>();

/** The same for the same project, as long as it is open. */
export function trackFilesOf(project: OpenProject): TrackFiles {
  const files = known.get(project) ?? createTrackFiles(project.paths.tracks);
  known.set(project, files);
  return files;
}

function createTrackFiles(folder: string): TrackFiles {
  const remembered = new Map<string, readonly VerdictRun[]>();
  const read = ({ geometrySha256 }: FaceTrack) => readTrackFile(folder, geometrySha256);
  return {
    read,
    write: (geometry) => writeTrackFile(folder, geometry),
    verdicts: async (track, limits) => {
      const key = `${track.geometrySha256} ${Object.values(limits).join(" ")}`;
      const runs = remembered.get(key) ?? verdictRuns(judgeTrack(await read(track), limits));
      remembered.delete(key);
      remembered.set(key, runs);
      const [oldest] = remembered.keys();
      if (remembered.size > mostRemembered && oldest !== undefined) remembered.delete(oldest);
      return runs;
    },
  };
}

/** The project's own limits, or the usual ones. */
export const limitsOf = ({ view }: Pick<OpenProject, "view">): EligibilityLimits =>
  mustGet(view, "project", projectRecordId).eligibilityLimits ?? usualEligibilityLimits;

export const eligibleFramesOf = (runs: readonly VerdictRun[]): number =>
  runs.reduce((sum, { reason, durationFrames }) => sum + (reason === undefined ? durationFrames : 0), 0);
