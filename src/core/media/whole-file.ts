// A file is whole or absent: written under another name, forced to the disk, checked, then renamed into place.
import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { diskFailure, fsyncFile, killPoint, renameDurably } from "../base/index.ts";

const longestNameBytes = 255;

/** Where `path` is written before it is whole: `NAME.partial`, or a digest of the name where that would be too long. */
export function partialPath(path: string): string {
  const name = `${basename(path)}.partial`;
  if (Buffer.byteLength(name) <= longestNameBytes) return join(dirname(path), name);
  const digest = createHash("sha256").update(basename(path)).digest("hex").slice(0, 32);
  return join(dirname(path), `${digest}.partial`);
}

type Steps<Result> = {
  readonly write: (partial: string) => Promise<void>;
  /** Throws unless what was written is what was meant. It reads what the disk will keep: it runs after the sync. */
  readonly verify: (partial: string) => Promise<Result>;
};

/** Writes, syncs, verifies, renames durably. On any failure the partial file is removed and `path` is as before. */
export async function writeWholeFile<Result>(path: string, steps: Steps<Result>): Promise<Result> {
  const partial = partialPath(path);
  try {
    await steps.write(partial);
    await fsyncFile(partial);
    const result = await steps.verify(partial);
    killPoint("media.verified");
    await renameDurably(partial, path);
    return result;
  } catch (error) {
    await rm(partial, { force: true });
    // Errors with an errno come from writing the file ourselves; all others have said what they are.
    throw error instanceof Error && "errno" in error ? diskFailure("write", path, error) : error;
  }
}
