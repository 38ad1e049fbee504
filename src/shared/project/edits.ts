// Edits of a project, its media and its reels, as pure functions: what is there and what is asked -> diff. Nothing is stored here.
import { refused } from "../failure/index.ts";
import { composeDiffs, diffAdding, diffChanging, diffRemoving, emptyDiff } from "./diff.ts";
import type { Diff } from "./diff.ts";
import { projectRecordId } from "./ids.ts";
import type { RecordId } from "./ids.ts";
import type { ContentIdentity, MediaFacts } from "./media-facts.ts";
import type { AnyRecord, Media, Project, Reel } from "./records.ts";
import { mustGet } from "./view.ts";
import type { ProjectView } from "./view.ts";

export function renameProject(view: ProjectView, projectName: string): Diff {
  const project = mustGet(view, "project", projectRecordId);
  return diffChanging<Project>(project, { ...project, name: projectName });
}

export function setOriginalLanguage(view: ProjectView, originalLanguage: string | null): Diff {
  const project = mustGet(view, "project", projectRecordId);
  return diffChanging<Project>(project, { ...project, originalLanguage });
}

type ImportedMedia = { readonly media: Media; readonly reel: Reel | undefined };

/** Adds a probed file, and its reel when it has a picture. The same content a second time is refused. */
export function importMedia(view: ProjectView, { media, reel }: ImportedMedia): Diff {
  const twin = view.list("media").find((known) => known.identity.mediaHash === media.identity.mediaHash);
  if (twin)
    throw refused("media.already-imported", {
      message: `The file ${media.path} has the same content as ${twin.path}, which is already in the project.`,
      hint: "Use the media that is there.",
      details: { path: media.path, existingMediaId: twin.id, existingPath: twin.path },
    });
  return reel ? diffAdding(media, { ...reel, order: view.list("reel").length }) : diffAdding(media);
}

/** Removes a file with everything that stands on it: its reel with shots, tracks, segments and takes. */
export function removeMedia(view: ProjectView, mediaId: RecordId<"media">): Diff {
  const media = mustGet(view, "media", mediaId);
  const reels = view.list("reel", { mediaId });
  const tracks = view.list("audio-track", { mediaId });
  const removed = uniqueById([media, ...tracks, ...reels.flatMap((reel) => withDependents(view, reel))]);
  return composeDiffs(diffRemoving(...removed), closeGaps(view, reels));
}

function withDependents(view: ProjectView, reel: Reel): readonly AnyRecord[] {
  const reelId = reel.id;
  const segments = view.list("segment", { reelId });
  return [
    reel,
    ...view.list("audio-track", { reelId }),
    ...view.list("shot", { reelId }),
    ...view.list("face-track", { reelId }),
    ...segments,
    ...segments.flatMap((segment) => view.list("take", { segmentId: segment.id })),
  ];
}

function closeGaps(view: ProjectView, removedReels: readonly Reel[]): Diff {
  const gone = new Set<string>(removedReels.map((reel) => reel.id));
  const kept = view.list("reel").filter((reel) => !gone.has(reel.id));
  return kept.reduce(
    (diff, reel, order) => composeDiffs(diff, diffChanging<Reel>(reel, { ...reel, order })),
    emptyDiff,
  );
}

const uniqueById = (records: readonly AnyRecord[]): readonly AnyRecord[] => [
  ...new Map(records.map((record) => [record.id, record])).values(),
];

type Relink = {
  readonly mediaId: RecordId<"media">;
  readonly path: string;
  readonly identity: ContentIdentity;
  readonly facts: MediaFacts;
};

/** Points a media record at a file elsewhere. Other content is refused, never silently accepted. */
export function relinkMedia(view: ProjectView, relink: Relink): Diff {
  const media = mustGet(view, "media", relink.mediaId);
  if (media.identity.mediaHash !== relink.identity.mediaHash)
    throw refused("media.other-content", {
      message: `${relink.path} is not the file that was imported: its content differs from ${media.path}.`,
      hint: "Choose the original file, or import this one as new media.",
      details: {
        path: relink.path,
        expectedBytes: media.identity.sizeBytes,
        foundBytes: relink.identity.sizeBytes,
      },
    });
  return diffChanging<Media>(media, { ...media, path: relink.path, facts: relink.facts });
}

export function renameReel(view: ProjectView, reelId: RecordId<"reel">, reelName: string): Diff {
  const reel = mustGet(view, "reel", reelId);
  return diffChanging<Reel>(reel, { ...reel, name: reelName });
}

/** Moves a reel to place `order` (from 0) and closes the others around it. */
export function moveReel(view: ProjectView, reelId: RecordId<"reel">, order: number): Diff {
  const reel = mustGet(view, "reel", reelId);
  const others = view.list("reel").filter((other) => other.id !== reelId);
  const place = Math.min(order, others.length);
  const arranged = [...others.slice(0, place), reel, ...others.slice(place)];
  return arranged.reduce(
    (diff, each, newOrder) => composeDiffs(diff, diffChanging<Reel>(each, { ...each, order: newOrder })),
    emptyDiff,
  );
}

type StartTimecode = { readonly startTimecodeFrames: number; readonly isDropFrame: boolean };

export function setStartTimecode(view: ProjectView, reelId: RecordId<"reel">, timecode: StartTimecode): Diff {
  const reel = mustGet(view, "reel", reelId);
  return diffChanging<Reel>(reel, { ...reel, ...timecode });
}
