// SMPTE ST 12-1 timecode: labels of frames, drop-frame or not, with the start a reel carries.
import { refused } from "../failure/index.ts";
import { areRatesEqual, formatFrameRate, frameRates, nominalFramesPerSecond } from "./frame-rate.ts";
import type { FrameRate } from "./frame-rate.ts";
import type { Frame } from "./positions.ts";

/** `drop` leaves out labels, never frames, so that 29.97 and 59.94 keep to the clock. */
export type TimecodeCounting = "drop" | "non-drop";

/** How the frames of a reel are labelled. Labels wrap after 24 hours: the day's last label is followed by 00:00:00:00. */
export type TimecodeBase = {
  readonly rate: FrameRate;
  readonly counting: TimecodeCounting;
  /** Number of the label of the reel's frame 0, counted from 00:00:00:00 in frames: the start timecode. */
  readonly startLabelFrames: number;
};

/** The four fields of a label; a field may be too large until `labelFramesOf` or `parseTimecode` has checked it. */
export type TimecodeFields = {
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
  readonly frames: number;
};

/** Labels left out at the begin of each minute not divisible by ten: 2 at 29.97, 4 at 59.94, else 0. */
export function droppedLabelsPerMinute(rate: FrameRate): number {
  if (areRatesEqual(rate, frameRates["29.97"])) return 2;
  return areRatesEqual(rate, frameRates["59.94"]) ? 4 : 0;
}

/** A base with labels from 00:00:00:00. Refuses drop-frame where the standard knows none: "time.no-drop-frame". */
export function timecodeBase(rate: FrameRate, counting: TimecodeCounting): TimecodeBase {
  if (counting === "drop" && droppedLabelsPerMinute(rate) === 0) {
    throw refused("time.no-drop-frame", {
      message: `Drop-frame timecode exists at 29.97 and 59.94 only; found ${formatFrameRate(rate)}.`,
      hint: "Use non-drop timecode at this rate.",
      details: { rate: formatFrameRate(rate) },
    });
  }
  return { rate, counting, startLabelFrames: 0 };
}

/** The base of a reel whose first frame carries `startLabel`; a `;` or `.` before the frames field means drop-frame. */
export function timecodeBaseFrom(startLabel: string, rate: FrameRate): TimecodeBase {
  const isDrop = /[;.]\d+\s*$/.test(startLabel) && droppedLabelsPerMinute(rate) > 0;
  const base = timecodeBase(rate, isDrop ? "drop" : "non-drop");
  return { ...base, startLabelFrames: parseTimecode(startLabel, base) };
}

const droppedPerMinute = (base: TimecodeBase): number =>
  base.counting === "drop" ? droppedLabelsPerMinute(base.rate) : 0;

/** Frames until labels repeat: 24 hours of labels. */
export function framesPerDay(base: TimecodeBase): number {
  return 86_400 * nominalFramesPerSecond(base.rate) - 24 * 6 * 9 * droppedPerMinute(base);
}

/** The label of a reel's frame. Frames before 0 and past 24 hours wrap. */
export function timecodeFieldsOf(frame: Frame, base: TimecodeBase): TimecodeFields {
  const perSecond = nominalFramesPerSecond(base.rate);
  const labelFrames = modulo(frame + base.startLabelFrames, framesPerDay(base));
  const number = labelFrames + labelsDroppedBefore(labelFrames, perSecond, droppedPerMinute(base));
  const seconds = Math.floor(number / perSecond);
  const minutes = Math.floor(seconds / 60);
  return {
    hours: Math.floor(minutes / 60),
    minutes: minutes % 60,
    seconds: seconds % 60,
    frames: number % perSecond,
  };
}

// Ten minutes hold nine that drop: 17,982 frames at 29.97. Within them the first minute drops none.
function labelsDroppedBefore(labelFrames: number, perSecond: number, dropped: number): number {
  if (dropped === 0) return 0;
  const framesPerMinute = 60 * perSecond - dropped;
  const framesPerTenMinutes = 10 * framesPerMinute + dropped;
  const tens = Math.floor(labelFrames / framesPerTenMinutes);
  const rest = labelFrames % framesPerTenMinutes;
  return dropped * (9 * tens + Math.max(0, Math.floor((rest - dropped) / framesPerMinute)));
}

/**
 * Frames from 00:00:00:00 to a label, without wrapping. Fields past their range carry over (90 seconds are 1:30), which
 * is what typed amounts need. A label that drop-frame leaves out counts as the next one there is.
 */
export function labelFramesOf(fields: TimecodeFields, base: TimecodeBase): number {
  const perSecond = nominalFramesPerSecond(base.rate);
  const dropped = droppedPerMinute(base);
  const number = ((fields.hours * 60 + fields.minutes) * 60 + fields.seconds) * perSecond + fields.frames;
  if (dropped === 0) return number;
  const totalMinutes = Math.floor(number / (60 * perSecond));
  const frameOfMinute = number % (60 * perSecond);
  const missing = totalMinutes % 10 === 0 ? 0 : Math.max(0, dropped - frameOfMinute);
  return number + missing - dropped * (totalMinutes - Math.floor(totalMinutes / 10));
}

/** "01:00:00:00", "01:00:00;00" when drop-frame; the frames field has three digits at 120. */
export function formatTimecode(frame: Frame, base: TimecodeBase): string {
  const { hours, minutes, seconds, frames } = timecodeFieldsOf(frame, base);
  const frameDigits = Math.max(2, String(nominalFramesPerSecond(base.rate) - 1).length);
  const mark = base.counting === "drop" ? ";" : ":";
  const clock = [hours, minutes, seconds].map((field) => String(field).padStart(2, "0")).join(":");
  return `${clock}${mark}${String(frames).padStart(frameDigits, "0")}`;
}

/**
 * The frame of a reel that carries a whole label, in 0 <= frame < 24 hours of labels from the reel's start. `;`, `.` and
 * `,` may stand for `:`; the base alone says how labels count. Refuses what is no label: "time.bad-timecode"; and a label
 * that drop-frame leaves out: "time.dropped-label". For typing, see `parseTimecodeEntry`.
 */
export function parseTimecode(text: string, base: TimecodeBase): Frame {
  const match = /^\s*(\d{1,2})[:;](\d{1,2})[:;](\d{1,2})[:;.,](\d{1,3})\s*$/.exec(text);
  if (!match) throw badTimecode(text, base);
  const [hours = 0, minutes = 0, seconds = 0, frames = 0] = match.slice(1).map(Number);
  const perSecond = nominalFramesPerSecond(base.rate);
  if (hours > 23 || minutes > 59 || seconds > 59 || frames >= perSecond) throw badTimecode(text, base);
  if (seconds === 0 && minutes % 10 !== 0 && frames < droppedPerMinute(base)) throw droppedLabel(text, base);
  const labelFrames = labelFramesOf({ hours, minutes, seconds, frames }, base);
  return modulo(labelFrames - base.startLabelFrames, framesPerDay(base));
}

/** The remainder that is never negative. */
export const modulo = (value: number, divisor: number): number => ((value % divisor) + divisor) % divisor;

function badTimecode(found: string, base: TimecodeBase) {
  const lastFrames = nominalFramesPerSecond(base.rate) - 1;
  return refused("time.bad-timecode", {
    message: `A timecode at ${formatFrameRate(base.rate)} is HH:MM:SS:FF up to 23:59:59:${lastFrames}; found "${found}".`,
    hint: "Check the label and the frame rate of the reel.",
    details: { found, rate: formatFrameRate(base.rate) },
  });
}

function droppedLabel(found: string, base: TimecodeBase) {
  return refused("time.dropped-label", {
    message: `Drop-frame timecode has no label "${found}": this minute begins with frame ${droppedPerMinute(base)}.`,
    hint: "Check whether the list was made with non-drop timecode.",
    details: { found, rate: formatFrameRate(base.rate) },
  });
}
