// Timecode as an editor types it: "1234", "+20.", "-5", "+3..", "=1:00:00;00".
import { refused } from "../failure/index.ts";
import type { Frame } from "./positions.ts";
import { framesPerDay, labelFramesOf, modulo } from "./timecode.ts";
import type { TimecodeBase, TimecodeFields } from "./timecode.ts";

/**
 * The frame that a typed text means. The grammar:
 *
 *     entry  = [ "=" | "+" | "-" ] digits
 *     digits = one or more of 0-9 and "."          every "." stands for "00"
 *            | fields separated by ":" or ";"      an empty field is 0
 *
 * Digits fill hours, minutes, seconds, frames from the right, two each: "1234" is 12 seconds 34 frames, "20." is 20
 * seconds, "3.." is 3 minutes. Without a sign (or with "=") it is a label; with a sign it is an amount added to
 * `currentFrame`. A field past its range carries over. A label that drop-frame leaves out means the next one there is,
 * and an amount is as long as the label of that name is far from zero: "+1..." is the 107,892 frames of an hour at
 * 29.97 drop. Of all frames with a label the one nearest `currentFrame` is meant, so the result may be negative; the caller
 * knows the reel's ends. Refuses the rest: "time.bad-entry".
 */
export function parseTimecodeEntry(
  text: string,
  at: { readonly base: TimecodeBase; readonly currentFrame: Frame },
): Frame {
  const match = /^\s*([=+-]?)\s*([\d.:;]+)\s*$/.exec(text);
  const fields = match?.[2] === undefined ? undefined : readFields(match[2]);
  if (!match || fields === undefined) throw badEntry(text);
  const labelFrames = labelFramesOf(fields, at.base);
  if (match[1] === "+") return at.currentFrame + labelFrames;
  if (match[1] === "-") return at.currentFrame - labelFrames;
  return nearestWrap(labelFrames - at.base.startLabelFrames, at);
}

function nearestWrap(frame: Frame, at: { readonly base: TimecodeBase; readonly currentFrame: Frame }): Frame {
  const dayFrames = framesPerDay(at.base);
  const halfDayFrames = Math.floor(dayFrames / 2);
  return at.currentFrame - halfDayFrames + modulo(frame - at.currentFrame + halfDayFrames, dayFrames);
}

function readFields(text: string): TimecodeFields | undefined {
  const groups = /[:;]/.test(text) ? text.split(/[:;]/) : pairsFromRight(text.replaceAll(".", "00"));
  const isReadable =
    groups.length <= 4 && groups.every((group) => /^\d{0,4}$/.test(group)) && /\d/.test(groups.join(""));
  if (!isReadable) return undefined;
  const [frames = 0, seconds = 0, minutes = 0, hours = 0] = groups.map(Number).toReversed();
  return { hours, minutes, seconds, frames };
}

/** "12345" -> ["1", "23", "45"]. */
function pairsFromRight(digits: string): readonly string[] {
  return (digits.length % 2 === 0 ? digits : `0${digits}`).match(/../g) ?? [];
}

const badEntry = (found: string) =>
  refused("time.bad-entry", {
    message: `A typed timecode is up to eight digits such as 01001234, or an amount such as +20. or -5; found "${found}".`,
    hint: "Digits fill from the right: frames, seconds, minutes, hours; a period types two zeros.",
    details: { found },
  });
