// Reads back what we wrote as the strictest reader would, and compares it with what was meant.
import { failed } from "../../shared/failure/index.ts";
import type { MediaFacts } from "../../shared/project/index.ts";
import { commandArguments } from "./command.ts";
import { fileUrl, inputGuards } from "./limits.ts";
import { optionList } from "./options.ts";
import { probeMedia } from "./probe.ts";
import { runTool } from "./run-tool.ts";
import { toolFailure } from "./tool-failure.ts";
import type { Ffmpeg } from "./toolchain.ts";

/** Facts by their path, with the value each must have: { "video frames": [expected, found] }. */
export type Comparison = Readonly<Record<string, readonly [expected: unknown, found: unknown]>>;

/**
 * Decodes every stream of `path` to nothing and stops at the first error, where an ordinary decode would carry on and
 * end well. Answers with the number of pictures decoded. Refused with `media.damaged` when there is any error.
 */
export async function decodeStrictly(tools: Ffmpeg, path: string, signal?: AbortSignal): Promise<number> {
  const args = commandArguments({
    inputs: [
      {
        options: optionList({
          loglevel: "level+error",
          nostats: "",
          progress: "pipe:1",
          xerror: "",
          ...inputGuards(tools.limits.maxPixels),
          err_detect: "explode",
        }),
        url: fileUrl(path),
      },
    ],
    outputs: [
      {
        options: optionList({
          map: ["0:v?", "0:a?"],
          fps_mode: "passthrough",
          // On the encoder's own clock two frames of a millisecond container may share a tick, which counts as an error.
          "enc_time_base:v": "-1",
          f: "null",
        }),
        url: "-",
      },
    ],
  });
  const silenceLimitMs = tools.limits.silenceMs;
  const { report, stdout } = await runTool(tools, { program: "ffmpeg", args, signal, silenceLimitMs });
  const about = { doing: "decode the whole of", path, signal };
  if (report.exitCode !== 0) throw toolFailure(report, about);
  if (report.errorLineCount > 0) {
    throw failed("media.damaged", {
      message: `Expected ${path} to decode without an error, found ${report.errorLineCount}: ${report.firstErrorLine ?? ""}.`,
      hint: "Copy the file again, or export again.",
      details: { path, errors: report.errorLineCount },
    });
  }
  return Number(Array.from(stdout.matchAll(/^frame=(\d+)$/gm)).at(-1)?.[1] ?? 0);
}

/** Decodes strictly, probes, and compares: failed with `media.verify-failed` and every difference in its details. */
export async function verifyWritten(
  tools: Ffmpeg,
  path: string,
  expectation: {
    readonly compare: (facts: MediaFacts, decodedFrames: number) => Comparison;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<MediaFacts> {
  const decodedFrames = await decodeStrictly(tools, path, expectation.signal);
  const facts = await probeMedia(tools, path, { signal: expectation.signal });
  checkComparison(path, expectation.compare(facts, decodedFrames));
  return facts;
}

export function checkComparison(path: string, comparison: Comparison): void {
  const differences = Object.entries(comparison)
    .filter(([, [expected, found]]) => JSON.stringify(expected) !== JSON.stringify(found))
    .map(([what, [expected, found]]) => ({ what, expected: expected ?? "none", found: found ?? "none" }));
  const [first] = differences;
  if (!first) return;
  throw failed("media.verify-failed", {
    message: `Expected ${first.what} ${JSON.stringify(first.expected)} in the written ${path}, found ${JSON.stringify(first.found)}.`,
    hint: "The file was removed. Try another codec or container, or report this with the log.",
    details: { path, differences },
  });
}
