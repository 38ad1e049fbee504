// A range as an editor types it: two timecodes with a dash, or two frame numbers.
import { refused } from "../failure/index.ts";
import type { Frame } from "./positions.ts";
import { rangeBetween } from "./ranges.ts";
import type { FrameRange } from "./ranges.ts";
import { parseTimecodeEntry } from "./timecode-entry.ts";
import type { TimecodeBase } from "./timecode.ts";

/** What stands at one end: "01:00:10:00", "1000", "=1:00" as `parseTimecodeEntry` reads them, or "#240" for frame 240. */
export function parsePlace(text: string, base: TimecodeBase): Frame {
  const frame = /^\s*#(\d{1,9})\s*$/.exec(text);
  return frame ? Number(frame[1]) : parseTimecodeEntry(text, { base, currentFrame: 0 });
}

/**
 * "01:00:10:00-01:00:12:12" or "#240-#300": the first frame in and the first frame out. Refuses what ends before it
 * begins: "time.bad-range".
 */
export function parseRange(text: string, base: TimecodeBase): FrameRange {
  const [from, to, ...more] = text.split("-");
  if (from === undefined || to === undefined || more.length > 0) throw badRange(text);
  const [startFrame, endFrame] = [parsePlace(from, base), parsePlace(to, base)];
  if (endFrame <= startFrame) throw badRange(text);
  return rangeBetween(startFrame, endFrame);
}

const badRange = (found: string) =>
  refused("time.bad-range", {
    message: `A range is the first frame in and the first frame out, such as 01:00:10:00-01:00:12:00 or #240-#300; found "${found}".`,
    hint: "Write two timecodes with a dash between them, the later one last.",
    details: { found },
  });
