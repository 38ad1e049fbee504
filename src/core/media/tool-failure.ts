// What a tool's exit means to a person: a refusal they can act on, or a failure of the world.
import { failed, refused } from "../../shared/failure/index.ts";
import type { DubError } from "../../shared/failure/index.ts";
import type { ToolReport } from "./tool-process.ts";

type Meaning = { readonly pattern: RegExp; readonly code: string; readonly says: string; readonly hint: string };

/** ffmpeg's own words, looked for in its last lines, first match wins. */
const meanings: readonly Meaning[] = [
  {
    pattern: /No such file or directory/,
    code: "media.not-found",
    says: "the file is not there",
    hint: "Locate the file or mount its disk.",
  },
  {
    pattern: /Permission denied/,
    code: "media.not-readable",
    says: "the file may not be read or written",
    hint: "Give yourself the right to read it.",
  },
  {
    pattern: /No space left on device|File too large/,
    code: "disk.full",
    says: "the disk is full",
    hint: "Free some space and try again.",
  },
  {
    pattern: /not on whitelist|Is a directory/,
    code: "media.unsupported-format",
    says: "it is no MP4, MOV, MKV, MXF, WebM or WAV",
    hint: "Convert it to one of these.",
  },
  {
    pattern: /moov atom not found|Invalid data found|EBML|End of file|Invalid argument|could not find/i,
    code: "media.damaged",
    says: "it is damaged or no media file",
    hint: "Copy it again from its origin; it may still be copying.",
  },
];

/** The error for a run that did not end well. `doing` completes "Expected to ...". An abort gives the signal's own reason. */
export function toolFailure(
  report: ToolReport,
  about: { readonly doing: string; readonly path: string; readonly signal?: AbortSignal | undefined },
): DubError | Error {
  if (report.stopped === "aborted") {
    const reason: unknown = about.signal?.reason;
    return reason instanceof Error ? reason : new DOMException("aborted", "AbortError");
  }
  const details = { path: about.path, exitCode: report.exitCode, stderr: report.stderrTail.slice(-8) };
  if (report.stopped === "time-limit" || report.stopped === "silence") {
    return failed("media.stalled", {
      message: `Expected to ${about.doing} ${about.path}; ffmpeg made no progress and was stopped.`,
      hint: "The file may be damaged, or its disk may not answer.",
      details,
    });
  }
  const text = report.stderrTail.join("\n");
  const meaning = meanings.find(({ pattern }) => pattern.test(text));
  if (meaning) {
    const make = meaning.code === "disk.full" ? failed : refused;
    return make(meaning.code, {
      message: `Expected to ${about.doing} ${about.path}; ${meaning.says}.`,
      hint: meaning.hint,
      details,
    });
  }
  return failed("media.ffmpeg-failed", {
    message: `Expected to ${about.doing} ${about.path}; ffmpeg ended with ${report.exitCode ?? "a signal"}: ${report.firstErrorLine ?? report.stderrTail.at(-1) ?? "no message"}.`,
    hint: "The log holds the command line.",
    details,
  });
}
