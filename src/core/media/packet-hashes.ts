// What each packet of a stream is, as 16 bytes: the proof that a picture was copied and not made again.
import { failed } from "../../shared/failure/index.ts";
import { commandArguments } from "./command.ts";
import { fileUrl, inputGuards } from "./limits.ts";
import { optionList } from "./options.ts";
import { runToolByLine } from "./run-tool.ts";
import { toolFailure } from "./tool-failure.ts";
import type { Ffmpeg } from "./toolchain.ts";

/** MD5 of every packet of the first video stream, in the order of the file; 16 bytes each, one after the other. */
export async function packetHashes(tools: Ffmpeg, path: string, signal?: AbortSignal): Promise<Buffer> {
  const args = commandArguments({
    inputs: [
      { options: optionList({ loglevel: "level+error", ...inputGuards(tools.limits.maxPixels) }), url: fileUrl(path) },
    ],
    outputs: [{ options: optionList({ map: "0:v:0", c: "copy", f: "framemd5" }), url: "pipe:1" }],
  });
  const hashes: Buffer[] = [];
  const silenceLimitMs = tools.limits.silenceMs;
  const report = await runToolByLine(tools, { program: "ffmpeg", args, signal, silenceLimitMs }, (line) => {
    const [, hash] = /^\d[^#]*,\s*([0-9a-f]{32})\s*$/u.exec(line) ?? [];
    if (hash !== undefined) hashes.push(Buffer.from(hash, "hex"));
  });
  if (report.exitCode !== 0) throw toolFailure(report, { doing: "read the packets of", path, signal });
  return Buffer.concat(hashes);
}

export const hashBytes = 16;

/** Throws `media.verify-failed` unless both lists agree for every frame that `isCopied`. Answers how many agree in all. */
export function comparePackets(
  path: string,
  { source, written, isCopied }: { source: Buffer; written: Buffer; isCopied: (frameIndex: number) => boolean },
): number {
  let equal = 0;
  for (let frame = 0; frame * hashBytes < source.length; frame++) {
    const at = frame * hashBytes;
    const isEqual = source.compare(written, at, at + hashBytes, at, at + hashBytes) === 0;
    if (isEqual) equal += 1;
    else if (isCopied(frame)) {
      throw failed("media.verify-failed", {
        message: `Expected frame ${frame} of ${path} to be the source's own, found another.`,
        hint: "The file was removed. Export with a full encode, or report this with the log.",
        details: { path, frame },
      });
    }
  }
  return equal;
}
