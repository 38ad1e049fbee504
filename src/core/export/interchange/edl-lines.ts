// The lines of a CMX 3600 list, one by one: what each says, and how it is written.
import { refused } from "../../../shared/failure/index.ts";
import { endFrameOf, formatTimecode, parseTimecode, rangeBetween } from "../../../shared/time/index.ts";
import type { FrameRange, TimecodeBase } from "../../../shared/time/index.ts";
import type { EditEvent, EditMarker, EditSpeed, EditTransition } from "./edit-list.ts";

/** Reads a line of an event; undefined when it is none. */
const eventLine =
  /^(\d{1,6})\s+(\S+)\s+(\S+)\s+(C|D|W\d{1,3}|K|KB|KO)\s+(?:(\d{1,3})\s+)?(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s*$/iu;

/** Where in a file a line stands, for messages; lines count from 1. */
export type LinePlace = { readonly line: number; readonly text: string };

export function badEdl(message: string, { line, text }: LinePlace, cause?: unknown) {
  return refused("edl.bad-line", {
    message: `Line ${line} of the edit list: ${message}; found "${text.trim().slice(0, 120)}".`,
    hint: "Export the list again as CMX 3600 with one video track, or correct the line.",
    details: { line, text: text.slice(0, 400) },
    ...(cause === undefined ? {} : { cause }),
  });
}

function labelAt(label: string, base: TimecodeBase, place: LinePlace): number {
  try {
    return parseTimecode(label, base);
  } catch (cause) {
    throw badEdl(cause instanceof Error ? cause.message : `"${label}" is no timecode`, place, cause);
  }
}

/** From label to label, over midnight where the second is the smaller. */
function rangeOf(from: string, to: string, base: TimecodeBase, place: LinePlace): FrameRange {
  const [startFrame, endFrame] = [labelAt(from, base, place), labelAt(to, base, place)];
  if (endFrame < startFrame) throw badEdl(`the out point ${to} lies before the in point ${from}`, place);
  return rangeBetween(startFrame, endFrame);
}

function transitionOf(code: string, durationFrames: number, place: LinePlace): EditTransition {
  const kind = code.toUpperCase();
  if (kind === "C") return { kind: "cut" };
  if (kind === "D") return { kind: "dissolve", durationFrames };
  if (kind.startsWith("W")) return { kind: "wipe", pattern: Number(kind.slice(1)), durationFrames };
  throw badEdl("keys (K) lay one picture over another and are not read; expected C, D or W", place);
}

export function parseEventLine(place: LinePlace, base: TimecodeBase): EditEvent | undefined {
  const match = eventLine.exec(place.text);
  if (match === null) return undefined;
  const [, number = "", reelName = "", channels = "", code = "", duration = "0"] = match;
  const [sourceIn = "", sourceOut = "", recordIn = "", recordOut = ""] = match.slice(6);
  return {
    number: Number(number),
    reelName,
    channels,
    transition: transitionOf(code, Number(duration), place),
    source: rangeOf(sourceIn, sourceOut, base, place),
    record: rangeOf(recordIn, recordOut, base, place),
    fromClipName: undefined,
    toClipName: undefined,
    sourceFile: undefined,
    speed: undefined,
    markers: [],
    comments: [],
  };
}

/** `* LOC: 01:00:02:00 RED     look here`. */
function parseMarker(text: string, base: TimecodeBase, place: LinePlace): EditMarker {
  const [, label = "", colour = "", note = ""] = /^(\S+)(?:\s+(\S+)(?:\s+(.*))?)?$/u.exec(text.trim()) ?? [];
  return { recordFrame: labelAt(label, base, place), colour, text: note.trim() };
}

/** `M2   REEL       012.5       01:00:00:00`: the speed of the source, and the frame it begins with. */
export function parseSpeedLine(place: LinePlace, base: TimecodeBase): EditSpeed | undefined {
  const match = /^M2\s+(?:\S+\s+)?([+-]?\d+(?:\.\d+)?)\s+(\S+)\s*$/u.exec(place.text);
  if (match === null) return undefined;
  const [, speed = "", label = ""] = match;
  return { sourceFramesPerSecond: Number(speed), sourceFrame: labelAt(label, base, place) };
}

type NamedComment = "fromClipName" | "toClipName" | "sourceFile";

const namedComments: Readonly<Record<string, NamedComment>> = {
  "FROM CLIP NAME": "fromClipName",
  "TO CLIP NAME": "toClipName",
  "SOURCE FILE": "sourceFile",
};

/** The event with what its comment line says; a comment with no meaning to us is kept as it stands. */
export function withComment(event: EditEvent, place: LinePlace, base: TimecodeBase): EditEvent {
  const text = place.text.replace(/^\*\s?/u, "");
  const [, name = "", value = ""] = /^\s*([A-Z ]+?)\s*:\s*(.*)$/u.exec(text) ?? [];
  const field = namedComments[name];
  if (field !== undefined) return { ...event, [field]: value.trim() };
  if (name === "LOC") return { ...event, markers: [...event.markers, parseMarker(value, base, place)] };
  return { ...event, comments: [...event.comments, text.trimEnd()] };
}

const transitionCode = (transition: EditTransition): string => {
  if (transition.kind === "cut") return "C".padEnd(8);
  const code = transition.kind === "dissolve" ? "D" : `W${String(transition.pattern).padStart(3, "0")}`;
  return `${code.padEnd(4)} ${String(transition.durationFrames).padStart(3, "0")}`;
};

const rangeLabels = (range: FrameRange, base: TimecodeBase): string =>
  `${formatTimecode(range.startFrame, base)} ${formatTimecode(endFrameOf(range), base)}`;

/** The lines of one event: itself, its speed, its names, its markers, its comments. */
export function eventLines(event: EditEvent, base: TimecodeBase): readonly string[] {
  const { number, reelName, channels, transition, source, record, speed } = event;
  const head = `${String(number).padStart(3, "0")}  ${reelName.padEnd(8)} ${channels.padEnd(5)} ${transitionCode(transition)}`;
  const named = Object.entries(namedComments).flatMap(([name, field]) => {
    const value = event[field];
    return value === undefined ? [] : [`* ${name}: ${value}`];
  });
  return [
    `${head} ${rangeLabels(source, base)} ${rangeLabels(record, base)}`,
    ...(speed === undefined
      ? []
      : [
          `M2   ${reelName.padEnd(8)} ${speed.sourceFramesPerSecond.toFixed(3)} ${formatTimecode(speed.sourceFrame, base)}`,
        ]),
    ...named,
    ...event.markers.map(({ recordFrame, colour, text }) =>
      `* LOC: ${formatTimecode(recordFrame, base)} ${colour.padEnd(7)} ${text}`.trimEnd(),
    ),
    ...event.comments.map((comment) => `* ${comment}`),
  ];
}
