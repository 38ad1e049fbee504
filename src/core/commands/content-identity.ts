// Which bytes a media file holds, from three samples of it: cheap for any length, and enough to find a moved file again.
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import type { ContentIdentity, MediaFacts } from "../../shared/project/index.ts";

const sampleBytes = 1 << 20;

/** As `contentIdentitySchema` says: digests of head, middle and tail; all three of the whole when it is smaller. */
export async function identifyContent(path: string, facts: MediaFacts): Promise<ContentIdentity> {
  await using file = await open(path, "r");
  const { size: sizeBytes } = await file.stat();
  const isSmall = sizeBytes <= sampleBytes;
  const digestFrom = (offsetBytes: number) =>
    sha256At(file, isSmall ? 0 : offsetBytes, Math.min(sizeBytes, sampleBytes));
  const headSha256 = await digestFrom(0);
  const middleSha256 = await digestFrom(Math.floor((sizeBytes - sampleBytes) / 2));
  const tailSha256 = await digestFrom(sizeBytes - sampleBytes);
  const { video, audio } = facts;
  const hashed = JSON.stringify({ sizeBytes, headSha256, middleSha256, tailSha256, video, audio });
  const mediaHash = createHash("sha256").update(hashed).digest("hex");
  return { sizeBytes, headSha256, middleSha256, tailSha256, mediaHash };
}

async function sha256At(file: FileHandle, offsetBytes: number, byteCount: number): Promise<string> {
  const bytes = new Uint8Array(byteCount);
  const { bytesRead } = await file.read(bytes, 0, byteCount, offsetBytes);
  return createHash("sha256").update(bytes.subarray(0, bytesRead)).digest("hex");
}
