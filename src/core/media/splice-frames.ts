// Puts new frames into a film and copies the packets of all others, bit for bit: what was not touched is not compressed again.
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { refused } from "../../shared/failure/index.ts";
import type { MediaFacts } from "../../shared/project/index.ts";
import { containsFrame } from "../../shared/time/index.ts";
import type { FrameRange } from "../../shared/time/index.ts";
import type { Progress } from "../base/index.ts";
import { encodeFrames } from "./encode-frames.ts";
import type { EncodableFrame } from "./encode-frames.ts";
import { pictureLike } from "./encode-plan.ts";
import type { OutputContainer, VideoCodec } from "./encoders.ts";
import { fileUrl, inputGuards } from "./limits.ts";
import { videoStreamOf } from "./media-source.ts";
import type { MediaSource } from "./media-source.ts";
import { optionList } from "./options.ts";
import { comparePackets, hashBytes, packetHashes } from "./packet-hashes.ts";
import { runTool } from "./run-tool.ts";
import {
  frameTimes,
  isSpliceContainer,
  spliceArguments,
  spliceList,
  spliceParts,
  whyNotSpliced,
} from "./splice-plan.ts";
import { toolFailure } from "./tool-failure.ts";
import { verifyWritten } from "./verify-written.ts";
import { writeWholeFile } from "./whole-file.ts";

/** Frames that are new: as many as the range has, in the source's own layout. */
export type NewFrames = { readonly range: FrameRange; readonly frames: () => AsyncIterable<EncodableFrame> };

export type SpliceOptions = {
  readonly path: string;
  /** What the new frames are encoded with; it must be what the source is made of. */
  readonly codec: VideoCodec;
  readonly pieces: readonly NewFrames[];
  /** For pieces on their way; removed at the end. */
  readonly tempFolder: string;
  readonly signal?: AbortSignal;
  /** In new frames encoded. */
  readonly onProgress?: Progress;
};

export type SpliceOutcome = {
  readonly facts: MediaFacts;
  readonly newFrames: number;
  /** Packets that equal the source's, byte for byte. */
  readonly copiedPackets: number;
};

/**
 * Writes the picture of `source` to `path`, in the source's own container, with the new frames in place; no sound. Refuses `media.cannot-splice` with the
 * reason where packets of the source cannot stand beside new ones; fails with `media.verify-failed` when one frame that was
 * to be copied is not the source's own.
 */
export async function spliceFrames(source: MediaSource, options: SpliceOptions): Promise<SpliceOutcome> {
  const facts = videoStreamOf(source);
  const reason = whyNotSpliced(facts, options.codec);
  if (reason !== undefined) throw cannotSplice(source.path, reason);
  const { kind: container } = source.facts.container;
  if (!isSpliceContainer(container)) throw cannotSplice(source.path, `it is a ${container} file`);
  const { tools } = source;
  const { path, codec, pieces, tempFolder, signal } = options;
  await mkdir(tempFolder, { recursive: true });
  try {
    const encoded = await encodePieces(source, container, options);
    if (codec === "ffv1") await checkPrivateHeader(source, encoded, signal);
    const parts = spliceParts(facts.frameCount, encoded);
    const listPath = join(tempFolder, "splice.ffconcat");
    const times = frameTimes(facts, await source.frameTicks(facts.streamIndex, signal));
    await writeFile(listPath, spliceList(parts, { path: source.path, times, facts }));
    const before = await packetHashes(tools, source.path, signal);
    let copiedPackets = 0;
    const written = await writeWholeFile(path, {
      write: async (partial) => {
        const args = spliceArguments({ listPath, path: partial, container, facts });
        const silenceLimitMs = tools.limits.silenceMs;
        const { report } = await runTool(tools, { program: "ffmpeg", args, signal, silenceLimitMs });
        if (report.exitCode !== 0) throw toolFailure(report, { doing: "write", path, signal });
      },
      verify: async (partial) => {
        const after = await packetHashes(tools, partial, signal);
        const isCopied = (frameIndex: number) => !pieces.some(({ range }) => containsFrame(range, frameIndex));
        copiedPackets = comparePackets(path, { source: before, written: after, isCopied });
        return verifyWritten(tools, partial, {
          signal,
          compare: (now, decodedFrames) => ({
            packets: [facts.frameCount, after.length / hashBytes],
            "decoded frames": [facts.frameCount, decodedFrames],
            frames: [facts.frameCount, now.video[0]?.frameCount],
            "frame rate": [facts.frameCount > 1 ? facts.frameRate : now.video[0]?.frameRate, now.video[0]?.frameRate],
            "bit depth": [facts.pixelLayout.bitDepth, now.video[0]?.pixelLayout.bitDepth],
            timecode: [facts.startTimecode, now.video[0]?.startTimecode],
            color: [facts.color, now.video[0]?.color],
          }),
        });
      },
    });
    const newFrames = pieces.reduce((sum, { range }) => sum + range.durationFrames, 0);
    return { facts: written, newFrames, copiedPackets };
  } finally {
    await rm(tempFolder, { recursive: true, force: true });
  }
}

const cannotSplice = (path: string, reason: string) =>
  refused("media.cannot-splice", {
    message: `Packets of ${path} cannot be copied into the new file: ${reason}.`,
    hint: "Encode the whole picture.",
    details: { path, reason },
  });

type EncodedPiece = { readonly range: FrameRange; readonly piecePath: string };

async function encodePieces(
  source: MediaSource,
  container: OutputContainer,
  options: SpliceOptions,
): Promise<readonly EncodedPiece[]> {
  const { codec, pieces, tempFolder, signal, onProgress } = options;
  const picture = pictureLike(videoStreamOf(source));
  const total = pieces.reduce((sum, { range }) => sum + range.durationFrames, 0);
  let before = 0;
  const encoded: EncodedPiece[] = [];
  for (const [index, { range, frames }] of pieces.entries()) {
    const piecePath = join(tempFolder, `piece-${index}.${container}`);
    const done = before;
    const { video } = await encodeFrames(source.tools, frames(), {
      path: piecePath,
      container,
      codec,
      picture,
      ...(signal === undefined ? {} : { signal }),
      onProgress: (frameCount) => onProgress?.(done + frameCount, total, "frames"),
    });
    const made = video[0]?.frameCount ?? 0;
    if (made !== range.durationFrames)
      throw cannotSplice(source.path, `a piece of ${range.durationFrames} frames got ${made}`);
    before += range.durationFrames;
    encoded.push({ range, piecePath });
  }
  return encoded;
}

/** FFV1 keeps one private header for the whole file: pieces made under another would not decode. */
async function checkPrivateHeader(
  { tools, path }: MediaSource,
  pieces: readonly EncodedPiece[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const [first] = pieces;
  if (first === undefined) return;
  const hashOf = async (file: string): Promise<string> => {
    const args = [
      ...optionList({
        loglevel: "error",
        ...inputGuards(tools.limits.maxPixels),
        select_streams: "v:0",
        show_data_hash: "md5",
        show_entries: "stream=extradata_hash",
        print_format: "csv=print_section=0",
      }),
      fileUrl(file),
    ];
    const { stdout } = await runTool(tools, { program: "ffprobe", args, signal });
    return stdout.trim();
  };
  const [expected, found] = [await hashOf(path), await hashOf(first.piecePath)];
  if (expected !== found) throw cannotSplice(path, "its encoder was set up in another way than ours");
}
