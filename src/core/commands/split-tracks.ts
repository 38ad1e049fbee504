// Face tracks cut where shots are: a track never reaches over a cut.
import { createId, mustGet, replaceTracks } from "../../shared/project/index.ts";
import type { Diff, FaceTrack, ProjectView, RecordId } from "../../shared/project/index.ts";
import type { Random } from "../base/index.ts";
import { partOfTrack, summariseTrack } from "../faces/index.ts";
import type { TrackGeometry } from "../faces/index.ts";
import type { OpenProject } from "../store/index.ts";
import { limitsOf, trackFilesOf } from "./track-files.ts";

type Splitting = { readonly project: OpenProject; readonly random: Random };

/** A record for geometry that is written; everything else as `like` has it, by a person's hand from now on. */
export async function recordFor(
  project: OpenProject,
  like: FaceTrack,
  { startFrame, geometry }: { readonly startFrame: number; readonly geometry: TrackGeometry },
): Promise<FaceTrack> {
  const { eligibleFrames, medianFaceSizePx } = summariseTrack(geometry, limitsOf(project));
  return {
    ...like,
    startFrame,
    durationFrames: geometry.frameCount,
    geometrySha256: await trackFilesOf(project).write(geometry),
    decidedBy: "editor",
    eligibleFrames,
    medianFaceSizePx,
  };
}

/** The parts of a track between frames of the reel; the first keeps its id. */
export async function splitTrack(
  track: FaceTrack,
  cutFrames: readonly number[],
  { project, random }: Splitting,
): Promise<readonly FaceTrack[]> {
  const geometry = await trackFilesOf(project).read(track);
  const inside = cutFrames.map((cut) => cut - track.startFrame).filter((cut) => cut > 0 && cut < track.durationFrames);
  const bounds = [0, ...new Set(inside.toSorted((a, b) => a - b)), track.durationFrames];
  const parts: FaceTrack[] = [];
  for (const [index, startFrame] of bounds.slice(0, -1).entries()) {
    const durationFrames = (bounds[index + 1] ?? startFrame) - startFrame;
    const part = {
      startFrame: track.startFrame + startFrame,
      geometry: partOfTrack(geometry, { startFrame, durationFrames }),
    };
    const like = index === 0 ? track : { ...track, id: createId("face-track", random.bytes) };
    parts.push(await recordFor(project, like, part));
  }
  return parts;
}

/** What splits all tracks of a reel that reach over one of the cuts; files are written, the records are the caller's to edit. */
export async function splitAtCuts(
  reelId: RecordId<"reel">,
  cutFrames: readonly number[],
  splitting: Splitting,
): Promise<(view: ProjectView) => Diff> {
  const { view } = splitting.project;
  const { id } = mustGet(view, "reel", reelId);
  const crossed = view
    .list("face-track", { reelId: id })
    .filter(({ startFrame, durationFrames }) =>
      cutFrames.some((cut) => cut > startFrame && cut < startFrame + durationFrames),
    );
  const parts: FaceTrack[] = [];
  for (const track of crossed) parts.push(...(await splitTrack(track, cutFrames, splitting)));
  return (later) => replaceTracks(later, crossed, parts);
}
