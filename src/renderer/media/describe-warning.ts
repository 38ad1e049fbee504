// What is worth knowing about a file, as one plain sentence per warning.
import type { TFunction } from "i18next";
import type { MediaFacts, MediaWarning, MediaWarningCode } from "../../shared/project/index.ts";

const sentences = {
  "variable-frame-rate": "warning.variableFrameRate",
  interlaced: "warning.interlaced",
  rotated: "warning.rotated",
  "non-square-pixels": "warning.nonSquarePixels",
  "untagged-color": "warning.untaggedColor",
  "frame-count-mismatch": "warning.frameCountMismatch",
  "read-errors": "warning.readErrors",
  truncated: "warning.truncated",
  "audio-offset": "warning.audioOffset",
  "no-video": "warning.noVideo",
  "no-audio": "warning.noAudio",
  "invalid-timecode": "warning.invalidTimecode",
  "timecode-conflict": "warning.timecodeConflict",
  "undecodable-stream": "warning.undecodableStream",
  "too-large-to-decode": "warning.tooLargeToDecode",
} as const satisfies Record<MediaWarningCode, string>;

/** That a sound file has no picture is said by everything about it. */
export const noteworthy = (facts: MediaFacts): readonly MediaWarning[] =>
  facts.warnings.filter(({ code }) => code !== "no-video");

export function describeWarning(warning: MediaWarning, t: TFunction): string {
  const values = Object.entries(warning.details).flatMap(([name, value]) =>
    typeof value === "number"
      ? [[name, oneDecimal(value)], ...(name.endsWith("Ms") ? [[inSeconds(name), oneDecimal(value / 1000)]] : [])]
      : [[name, String(value)]],
  );
  return t(sentences[warning.code], Object.fromEntries(values));
}

const oneDecimal = (value: number): number => Math.round(value * 10) / 10;

/** Frames last milliseconds, films seconds: a sentence takes the unit it needs. */
const inSeconds = (name: string): string => name.replace(/Ms$/, "Seconds");
