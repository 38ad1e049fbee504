// Cuts from an edit list in the CMX 3600 form: what its picture events say of the recorded programme.
import { refused } from "../../shared/failure/index.ts";
import { formatTimecode, framesPerDay, parseTimecode } from "../../shared/time/index.ts";
import type { TimecodeBase } from "../../shared/time/index.ts";

export type ListedCut = {
  /** Counted in the reel; of a dissolve the frame in its middle. */
  readonly frameIndex: number;
  readonly kind: "cut" | "dissolve";
};

export type EditList = {
  /** In order, each frame once, inside the reel. */
  readonly cuts: readonly ListedCut[];
  /** What was passed over, each as a sentence. */
  readonly notes: readonly string[];
};

/**
 * "003  A012C003 V     D    024 00:00:10:00 00:00:14:00 01:00:05:00 01:00:09:00": number, source reel, channels, transition, its
 * frames, source in and out, record in and out. Names of source reels may hold anything but blanks.
 */
const eventLine =
  /^\s*(?<number>\d{1,6}\S*)\s+(?<source>\S+)\s+(?<channels>[A-Z0-9/]+)\s+(?<transition>C|D|W\d{3}|K[BO]?)\s+(?:(?<frames>\d{1,3})\s+)?(?<times>[\d:;.,]+\s+[\d:;.,]+\s+(?<recordIn>[\d:;.,]+)\s+(?<recordOut>[\d:;.,]+))\s*$/i;

/** Lists larger than this are no edit list of a reel. */
const mostCharacters = 20_000_000;

type Reel = { readonly base: TimecodeBase; readonly durationFrames: number };

type Event = {
  readonly lineNumber: number;
  readonly startFrame: number;
  readonly endFrame: number;
  readonly transition: string;
  readonly frames: number;
};

/** Reads the list for a reel: its record timecodes are taken for the reel's own. Refuses what is no list, or not of this reel. */
export function readEditList(text: string, reel: Reel): EditList {
  if (text.length > mostCharacters) throw noList("it is far too large");
  const notes: string[] = [];
  const events: Event[] = [];
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    checkCounting(line, reel.base, index + 1);
    const groups = eventLine.exec(line)?.groups;
    if (!groups) {
      if (/^\s*\d{3,6}\s+\S+\s+[A-Z]/i.test(line))
        throw badLine(index + 1, line, "it is no event in the form of CMX 3600");
      continue;
    }
    const { channels = "", transition = "", frames = "0", recordIn = "", recordOut = "" } = groups;
    if (!/V|B/i.test(channels)) continue;
    if (/^K/i.test(transition)) {
      notes.push(`Line ${index + 1} is a key over the picture and was passed over.`);
      continue;
    }
    const [startFrame, endFrame] = [recordIn, recordOut].map((label) =>
      frameOf(label, { reel, line, lineNumber: index + 1 }),
    );
    if (startFrame === undefined || endFrame === undefined) continue;
    events.push({
      lineNumber: index + 1,
      startFrame,
      endFrame,
      transition: transition.toUpperCase(),
      frames: Number(frames),
    });
  }
  if (events.length === 0) throw noList("it holds no picture event");
  return cutsOf(events, reel, notes);
}

function cutsOf(events: readonly Event[], reel: Reel, notes: string[]): EditList {
  const { durationFrames, base } = reel;
  const isInside = ({ startFrame, endFrame }: Event): boolean => endFrame > 0 && startFrame < durationFrames;
  const inside = events.filter(isInside);
  if (inside.length === 0) throw otherReel(events, reel);
  const outside = events.length - inside.length;
  if (outside > 0) notes.push(`${outside} of ${events.length} events lie outside the reel and were passed over.`);
  const cuts = new Map<number, ListedCut>();
  const add = (cut: ListedCut): void => {
    if (cut.frameIndex > 0 && cut.frameIndex < durationFrames) cuts.set(cut.frameIndex, cut);
  };
  const inOrder = inside.toSorted((a, b) => a.startFrame - b.startFrame || a.lineNumber - b.lineNumber);
  for (const { startFrame, endFrame, transition, frames } of inOrder) {
    // The first line of a transition tells what it comes from, and lasts no time.
    if (endFrame <= startFrame) continue;
    const isSoft = transition !== "C" && frames > 0;
    if (isSoft) cuts.delete(startFrame);
    add({ frameIndex: startFrame + (isSoft ? Math.round(frames / 2) : 0), kind: isSoft ? "dissolve" : "cut" });
    // What follows an event is another picture, black when no event begins there.
    add(cuts.get(endFrame) ?? { frameIndex: endFrame, kind: "cut" });
  }
  // An end at which a dissolve begins is no cut: the dissolve's middle is.
  for (const { startFrame, endFrame, transition, frames } of inOrder)
    if (transition !== "C" && frames > 1 && endFrame > startFrame) cuts.delete(startFrame);
  const sorted = [...cuts.values()].toSorted((a, b) => a.frameIndex - b.frameIndex);
  if (sorted.length === 0)
    notes.push(`The list has no cut between ${formatTimecode(0, base)} and ${formatTimecode(durationFrames, base)}.`);
  return { cuts: sorted, notes };
}

function checkCounting(line: string, base: TimecodeBase, lineNumber: number): void {
  const counting = /^\s*FCM:\s*(NON[- ]?DROP|DROP)/i.exec(line)?.[1];
  if (counting === undefined) return;
  const found = /^NON/i.test(counting) ? "non-drop" : "drop";
  // At rates that know no drop-frame, lists carry either word.
  const canDrop = base.rate.num % 30_000 === 0 && base.rate.den === 1001;
  if (!canDrop || found === base.counting) return;
  throw refused("shots.other-counting", {
    message: `Line ${lineNumber} of the edit list says ${found} timecode; the reel is counted ${base.counting}.`,
    hint: "Set the reel's start timecode with the right sign before its frames (; is drop-frame), or export the list again.",
    details: { lineNumber, found, expected: base.counting },
  });
}

type Place = { readonly reel: Reel; readonly line: string; readonly lineNumber: number };

function frameOf(label: string, { reel, line, lineNumber }: Place): number {
  const separator = reel.base.counting === "drop" ? ";" : ":";
  const spelled = label.replace(/[;.,](\d\d)$/, `:$1`).replace(/:(\d\d)$/, `${separator}$1`);
  try {
    const frameIndex = parseTimecode(spelled, reel.base);
    // Labels of before the reel's start are told as those of the next day.
    const dayFrames = framesPerDay(reel.base);
    return frameIndex > dayFrames / 2 ? frameIndex - dayFrames : frameIndex;
  } catch (cause) {
    throw badLine(lineNumber, line, `"${label}" is no timecode at the reel's rate`, cause);
  }
}

const badLine = (lineNumber: number, line: string, why: string, cause?: unknown) =>
  refused("shots.bad-edit-list", {
    message: `Line ${lineNumber} of the edit list cannot be read: ${why}. It is: ${line.trim().slice(0, 120)}`,
    hint: "Export the list again as CMX 3600, at the reel's frame rate.",
    details: { lineNumber, line: line.slice(0, 200) },
    cause,
  });

const noList = (why: string) =>
  refused("shots.bad-edit-list", {
    message: `The file is no edit list in the form of CMX 3600: ${why}.`,
    hint: "Export the list as CMX 3600 (EDL).",
    details: { why },
  });

function otherReel(events: readonly Event[], { base, durationFrames }: Reel) {
  const firstFrame = Math.min(...events.map(({ startFrame }) => startFrame));
  const lastFrame = Math.max(...events.map(({ endFrame }) => endFrame));
  const [from, to] = [formatTimecode(firstFrame, base), formatTimecode(lastFrame, base)];
  return refused("shots.other-reel", {
    message: `The edit list runs from ${from} to ${to}; the reel from ${formatTimecode(0, base)} to ${formatTimecode(durationFrames, base)}.`,
    hint: "Choose the reel's own list, or set the reel's start timecode.",
    details: { from, to },
  });
}
