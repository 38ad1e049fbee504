// Names that the contract uses, in the words of people: kinds of records with their plurals, edits, warnings of files.
import type { AnswerOf, OperationName } from "../../shared/contract/index.ts";
import type { MediaWarningCode, RecordType } from "../../shared/project/index.ts";

const recordNames: Readonly<Record<RecordType, readonly [one: string, several: string]>> = {
  project: ["project", "projects"],
  media: ["media file", "media files"],
  reel: ["reel", "reels"],
  version: ["version", "versions"],
  "audio-track": ["audio track", "audio tracks"],
  shot: ["shot", "shots"],
  character: ["character", "characters"],
  "face-track": ["face track", "face tracks"],
  segment: ["segment", "segments"],
  take: ["take", "takes"],
  adapter: ["adapter", "adapters"],
};

/** "2 media files, 2 reels"; the project itself is not counted among what it holds. */
export function holdingsText(counts: AnswerOf<"project.open">["counts"]): string {
  const parts = Object.entries(recordNames).flatMap(([type, [one, several]]) => {
    const count = new Map(Object.entries(counts)).get(type) ?? 0;
    return type === "project" || count === 0 ? [] : [`${count} ${count === 1 ? one : several}`];
  });
  return parts.join(", ") || "nothing yet";
}

const editNames: { readonly [Name in OperationName]?: string } = {
  "project.rename": "rename project",
  "project.language": "set original language",
  "media.import": "import media",
  "media.remove": "remove media",
  "media.relink": "relink media",
  "reel.rename": "rename reel",
  "reel.move": "move reel",
  "reel.timecode": "set start timecode",
  "versions.add": "add version",
  "versions.rename": "rename version",
  "versions.remove": "remove version",
  "dialogue.add": "lay in sound",
  "dialogue.offset": "slip sound",
  "dialogue.change": "change sound",
  "dialogue.remove": "remove sound",
  "segments.add": "add segment",
  "segments.split": "split segment",
  "segments.merge": "merge segments",
  "segments.trim": "trim segment",
  "segments.state": "set state of segments",
  "segments.ignore": "ignore segments",
  "segments.note": "note on segment",
  "segments.assign": "assign segments",
  "segments.remove": "remove segments",
  "segments.propose": "propose segments",
  "takes.select": "select take",
  "takes.deselect": "show the source",
  "takes.rate": "rate take",
  "takes.note": "note on take",
  "takes.reject": "reject take",
  "takes.remove": "delete takes",
  "shots.detect": "find shots",
  "shots.cut": "add cut",
  "shots.move": "move cut",
  "shots.join": "remove cut",
  "shots.import": "import cuts",
  "faces.track": "track faces",
  "faces.assign": "assign faces",
  "faces.split": "split face track",
  "faces.merge": "merge face tracks",
  "faces.fix": "correct face",
  "faces.exclude": "exclude frames",
  "faces.include": "include frames",
  "faces.remove": "remove face tracks",
  "faces.limits": "set eligibility",
  "characters.add": "add character",
  "characters.rename": "rename character",
  "characters.color": "color character",
  "characters.move": "move character",
  "characters.remove": "remove character",
};

/** An edit that has no name here yet is called by its operation. */
export const editName = (operationName: string): string =>
  new Map(Object.entries(editNames)).get(operationName) ?? operationName;

type Warning = AnswerOf<"media.probe">["facts"]["warnings"][number];
type Details = Warning["details"];

const sentences: Readonly<Record<MediaWarningCode, (details: Details) => string>> = {
  "variable-frame-rate": ({ shortestFrameMs, longestFrameMs }) =>
    `The frame rate varies: frames last between ${shortestFrameMs} and ${longestFrameMs} ms. Conform the file before lips are synced to it.`,
  interlaced: () => "The picture is interlaced: each frame holds two moments in time.",
  rotated: ({ rotationDegrees }) => `The picture is stored turned by ${rotationDegrees}° and is shown upright.`,
  "non-square-pixels": () => "The pixels are not square; the picture is shown at its right shape.",
  "untagged-color": () => "The color matrix is not tagged: BT.709 is assumed for HD, BT.601 below.",
  "frame-count-mismatch": ({ containerFrames, countedFrames }) =>
    `The file says it has ${containerFrames} frames, ${countedFrames} were counted. The count is used.`,
  "read-errors": ({ count, first }) => `Errors while reading: ${count}. The first: ${first}`,
  truncated: ({ foundMs, declaredMs }) =>
    `The file ends early: ${secondsText(foundMs)} of ${secondsText(declaredMs)} are there.`,
  "audio-offset": ({ streamIndex }) =>
    `The sound of stream ${streamIndex} does not start with the picture. The offset is kept.`,
  "no-video": () => "There is no picture in this file, only sound.",
  "no-audio": () => "There is no sound in this file.",
  "invalid-timecode": ({ label }) => `The timecode ${label} does not fit the frame rate and is ignored.`,
  "timecode-conflict": ({ used, other }) => `Two timecodes disagree: ${used} is used, ${other} is not.`,
  "undecodable-stream": ({ streamIndex, codec }) => `Stream ${streamIndex} (${codec}) cannot be read here.`,
  "too-large-to-decode": ({ widthPx, heightPx }) =>
    `The picture of ${widthPx} x ${heightPx} pixels is larger than this machine may decode.`,
};

export const warningText = ({ code, details }: Warning): string => sentences[code](details);

const secondsText = (durationMs: Details[string] | undefined): string => `${(Number(durationMs) / 1000).toFixed(1)} s`;
