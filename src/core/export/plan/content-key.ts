// One hash over everything that decides what is in an exported file: the same key is the same content.
import { createHash } from "node:crypto";
import type { ExportCell } from "./export-plan.ts";

/** Raised when a release makes other pictures or sound from the same inputs. */
const makingVersion = 1;

/** Of the cell, without its name and place: files of media by their content, takes by theirs. */
export function contentKeyOf(cell: Omit<ExportCell, "contentKey" | "problems" | "fileName">): string {
  const { reel, version, preset, media, takes, cutFrames, tracks, lines, startTimecode, fadeFrames } = cell;
  const { id: _id, name: _name, says: _says, fileName: _fileName, ...made } = preset;
  const inputs = {
    makingVersion,
    picture: media.identity.mediaHash,
    reel: [reel.frameRate, reel.durationFrames],
    language: version.language,
    preset: made,
    takes: takes.map(({ take, segment }) => [
      take.contentSha256,
      take.settings.more["mask"],
      segment.startFrame,
      segment.durationFrames,
      segment.characterId,
    ]),
    cutFrames,
    tracks: tracks.map(({ parts, ...track }) => ({ ...track, parts: parts.map(({ path: _path, ...part }) => part) })),
    lines,
    startTimecode,
    fadeFrames,
  };
  return createHash("sha256").update(JSON.stringify(inputs)).digest("hex");
}
