// A file is whole or absent: written under another name, forced to the disk, checked, then renamed into place.
import { createHash } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { failed } from "../../shared/failure/index.ts";

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

/** Writes, syncs, verifies, renames, and syncs the folder. On any failure the partial file is removed and `path` is as before. */
export async function writeWholeFile<Result>(path: string, steps: Steps<Result>): Promise<Result> {
  const partial = partialPath(path);
  try {
    await steps.write(partial);
    await syncFile(partial);
    const result = await steps.verify(partial);
    await rename(partial, path);
    await syncFolder(dirname(path));
    return result;
  } catch (error) {
    await rm(partial, { force: true });
    throw translated(error, path);
  }
}

async function syncFile(path: string): Promise<void> {
  await using file = await open(path, "r+");
  await file.sync();
}

/** A rename is kept through a power cut only once its folder is. Windows cannot open folders and needs no such step. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  await using folder = await open(path, "r");
  await folder.sync();
}

function translated(error: unknown, path: string): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code !== "ENOSPC" && code !== "EFBIG" && code !== "EDQUOT") return error;
  return failed("media.disk-full", {
    message: `Expected room to write ${path}, found the disk full.`,
    hint: "Free some space and try again.",
    details: { path },
    cause: error,
  });
}
