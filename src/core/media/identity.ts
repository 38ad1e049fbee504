// Which bytes a file holds, cheaply: the key of every cache, and how a moved file is known again.
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { refused } from "../../shared/failure/index.ts";
import type { ContentIdentity, MediaFacts } from "../../shared/project/index.ts";

const probedBytes = 1 << 20;

/**
 * Size and SHA-256 of the first, middle and last MiB (of the whole, three times, below that), and one hash over these and
 * the streams' facts. Reads at most 3 MiB whatever the file's length.
 */
export async function contentIdentity(path: string, facts: MediaFacts): Promise<ContentIdentity> {
  await using file = await openOrRefuse(path);
  const { size: sizeBytes } = await file.stat();
  const lastStartBytes = Math.max(0, sizeBytes - probedBytes);
  const headSha256 = await digestAt(file, 0);
  const middleSha256 = await digestAt(file, Math.floor(lastStartBytes / 2));
  const tailSha256 = await digestAt(file, lastStartBytes);
  // Only facts that no other version of ffmpeg will tell differently.
  const streams = [
    facts.video.map(({ codec, codedSize, frameRate, frameCount }) => [codec, codedSize, frameRate, frameCount]),
    facts.audio.map(({ codec, sampleRateHz, channelCount }) => [codec, sampleRateHz, channelCount]),
  ];
  const mediaHash = createHash("sha256")
    .update(JSON.stringify([sizeBytes, headSha256, middleSha256, tailSha256, streams]))
    .digest("hex");
  return { sizeBytes, headSha256, middleSha256, tailSha256, mediaHash };
}

async function openOrRefuse(path: string): Promise<FileHandle> {
  try {
    return await open(path, "r");
  } catch (cause) {
    throw refused("media.not-found", {
      message: `Expected a media file at ${path}, found none that can be read.`,
      hint: "Locate the file or mount its disk.",
      details: { path },
      cause,
    });
  }
}

async function digestAt(file: FileHandle, fromBytes: number): Promise<string> {
  const bytes = new Uint8Array(probedBytes);
  let filledBytes = 0;
  while (filledBytes < probedBytes) {
    const { bytesRead } = await file.read(bytes, filledBytes, probedBytes - filledBytes, fromBytes + filledBytes);
    if (bytesRead === 0) break;
    filledBytes += bytesRead;
  }
  return createHash("sha256").update(bytes.subarray(0, filledBytes)).digest("hex");
}
