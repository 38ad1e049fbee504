// CMX 3600 edit decision lists: the oldest and widest spoken language of cutting rooms.
import { refused } from "../../../shared/failure/index.ts";
import { timecodeBase } from "../../../shared/time/index.ts";
import type { FrameRate, TimecodeBase, TimecodeCounting } from "../../../shared/time/index.ts";
import { badEdl, eventLines, parseEventLine, parseSpeedLine, withComment } from "./edl-lines.ts";
import type { LinePlace } from "./edl-lines.ts";
import type { EditEvent, EditList } from "./edit-list.ts";

/** Longer files are no lists of a film: 9,999 events of a dozen lines stay far below. */
const largestListBytes = 16 * 1024 * 1024;

/** FCM says how labels count from here on; lists mix them only by mistake, so the last one before the first event counts. */
function countingOf(lines: readonly LinePlace[], rate: FrameRate): TimecodeCounting {
  const firstEvent = lines.findIndex(({ text }) => /^\d+\s+\S+\s+\S+\s+(?:C|D|W\d|K)/iu.test(text));
  const head = lines.slice(0, firstEvent < 0 ? lines.length : firstEvent);
  const said = head.findLast(({ text }) => /^FCM\s*:/iu.test(text));
  if (said === undefined) return lines.some(({ text }) => /\d;\d\d\s*$/u.test(text)) ? "drop" : "non-drop";
  const counting = /NON/iu.test(said.text) ? "non-drop" : "drop";
  // Lists at 24 and 25 often carry a careless "FCM: DROP FRAME": the rate knows better.
  return counting === "drop" && Math.round(rate.num / rate.den) % 30 !== 0 ? "non-drop" : counting;
}

/**
 * The list in `text`, whose labels count at `rate` (a list does not say it). Names, speeds, markers and unknown comments are
 * kept. Refuses "edl.bad-line" with the line's number, "edl.empty", "edl.too-large".
 */
export function parseEdl(text: string, rate: FrameRate): EditList {
  if (text.length > largestListBytes) {
    throw refused("edl.too-large", {
      message: `An edit list is at most 16 MB; found ${text.length} characters.`,
      hint: "Choose the .edl file, not the media.",
      details: { characters: text.length },
    });
  }
  const lines = text
    .replace(/^\uFEFF/u, "")
    .split(/\r\n|\n|\r/u)
    .map((line, index): LinePlace => ({ line: index + 1, text: line }));
  const base = timecodeBase(rate, countingOf(lines, rate));
  let title = "";
  const events: EditEvent[] = [];
  for (const place of lines) {
    const trimmed = place.text.trim();
    if (trimmed === "" || /^FCM\s*:/iu.test(trimmed)) continue;
    const titled = /^TITLE\s*:\s*(.*)$/iu.exec(trimmed);
    if (titled) title = titled[1]?.trim() ?? "";
    else readLine({ ...place, text: trimmed }, base, events);
  }
  if (events.length === 0) {
    throw refused("edl.empty", {
      message: "An edit list holds at least one event; found none.",
      hint: "Export the list as CMX 3600 (.edl).",
      details: { lines: lines.length },
    });
  }
  return { title, rate, counting: base.counting, events };
}

/** Adds the line's event, or what it says of the last one. */
function readLine(place: LinePlace, base: TimecodeBase, events: EditEvent[]): void {
  if (/^\d/u.test(place.text)) {
    const event = parseEventLine(place, base);
    if (event === undefined) {
      throw badEdl("an event is NUMBER REEL CHANNELS C|D|W… and four timecodes", place);
    }
    events.push(event);
    return;
  }
  const last = events.pop();
  // What stands before the first event speaks of the list, and says nothing we could use.
  if (last === undefined) return;
  const speed = parseSpeedLine(place, base);
  if (speed !== undefined) events.push({ ...last, speed });
  else events.push(withComment(last, place, base));
}

/** The list as text, lines ended as cutting rooms' programs expect them. */
export function formatEdl({ title, rate, counting, events }: EditList): string {
  const base = timecodeBase(rate, counting);
  const head = [`TITLE: ${title}`, `FCM: ${counting === "drop" ? "DROP FRAME" : "NON-DROP FRAME"}`, ""];
  return [...head, ...events.flatMap((event) => eventLines(event, base))].map((line) => `${line}\r\n`).join("");
}
