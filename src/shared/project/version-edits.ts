// Edits of localized versions and of the sound laid under them, as pure functions.
import { refused } from "../failure/index.ts";
import { composeDiffs, diffAdding, diffChanging, diffRemoving } from "./diff.ts";
import type { Diff } from "./diff.ts";
import type { RecordId } from "./ids.ts";
import type { AudioTrack, Media, Version } from "./records.ts";
import { mustGet } from "./view.ts";
import type { ProjectView } from "./view.ts";

export function addVersion(view: ProjectView, version: Version): Diff {
  refuseTwin(view, version);
  return diffAdding({ ...version, order: view.list("version").length });
}

export function renameVersion(view: ProjectView, versionId: RecordId<"version">, versionName: string): Diff {
  const version = mustGet(view, "version", versionId);
  const renamed = { ...version, name: versionName };
  refuseTwin(view, renamed);
  return diffChanging<Version>(version, renamed);
}

function refuseTwin(view: ProjectView, { id, language, name }: Version): void {
  const twin = view.list("version", { language, name }).find((known) => known.id !== id);
  if (twin)
    throw refused("version.exists", {
      message: `There is already a version "${name}" in ${language}.`,
      hint: "Give this one another name.",
      details: { versionId: twin.id },
    });
}

/** Removes a version with its sound, its segments and their takes. */
export function removeVersion(view: ProjectView, versionId: RecordId<"version">): Diff {
  const version = mustGet(view, "version", versionId);
  const segments = view.list("segment", { versionId });
  const takes = segments.flatMap((segment) => view.list("take", { segmentId: segment.id }));
  const removal = diffRemoving(version, ...view.list("audio-track", { versionId }), ...segments, ...takes);
  const kept = view.list("version").filter((other) => other.id !== versionId);
  return kept.reduce(
    (diff, each, order) => composeDiffs(diff, diffChanging<Version>(each, { ...each, order })),
    removal,
  );
}

/**
 * Lays a stream of a media file under a reel as sound of a version. `media` is the file's record when the project does not
 * know it yet: both come in, and go by undo, together.
 */
export function addAudioTrack(view: ProjectView, track: AudioTrack, media?: Media): Diff {
  mustGet(view, "version", track.versionId);
  mustGet(view, "reel", track.reelId);
  requireStream(media ?? mustGet(view, "media", track.mediaId), track.streamIndex);
  requireOwner(view, track);
  refuseSecond(view, track);
  return media ? diffAdding(media, track) : diffAdding(track);
}

export type AudioTrackChange = Partial<Pick<AudioTrack, "offsetSamples" | "gainDb" | "stem" | "characterId">>;

/** Moves a track under its fixed picture, or says anew how loud, what or whose it is. */
export function changeAudioTrack(view: ProjectView, trackId: RecordId<"audio-track">, change: AudioTrackChange): Diff {
  const track = mustGet(view, "audio-track", trackId);
  const changed = { ...track, ...change };
  requireOwner(view, changed);
  refuseSecond(view, changed);
  return diffChanging<AudioTrack>(track, changed);
}

export function removeAudioTrack(view: ProjectView, trackId: RecordId<"audio-track">): Diff {
  return diffRemoving(mustGet(view, "audio-track", trackId));
}

function requireStream(media: Media, streamIndex: number): void {
  if (media.facts.audio.some((stream) => stream.streamIndex === streamIndex)) return;
  throw refused("media.no-such-stream", {
    message: `${media.path} has no audio stream ${streamIndex}.`,
    hint: `Its audio streams are ${media.facts.audio.map((stream) => stream.streamIndex).join(", ") || "none"}.`,
    details: { mediaId: media.id, streamIndex },
  });
}

function requireOwner(view: ProjectView, { characterId, stem }: AudioTrack): void {
  if (characterId === null) return;
  mustGet(view, "character", characterId);
  if (stem === "dialogue") return;
  throw refused("track.no-owner", {
    message: "Only dialogue belongs to a character; M&E and full mixes belong to all.",
    hint: "Leave the character out, or lay the file in as dialogue.",
    details: { stem, characterId },
  });
}

/** The same stream twice at the same stem would sound twice as loud, which nobody means. */
function refuseSecond(view: ProjectView, track: AudioTrack): void {
  const { versionId, reelId, mediaId, streamIndex, stem, characterId } = track;
  const twin = view
    .list("audio-track", { versionId, reelId, mediaId, streamIndex, stem, characterId })
    .find((known) => known.id !== track.id);
  if (twin)
    throw refused("track.exists", {
      message: "This stream already lies under the reel as the same sound of this version.",
      hint: "Move the one that is there, or remove it first.",
      details: { trackId: twin.id },
    });
}
