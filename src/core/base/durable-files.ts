// Files that are whole or absent after a crash or a power cut: write, fsync, rename, fsync the folder.
// The order follows Pillai et al., "All File Systems Are Not Created Equal", OSDI 2014.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { DubError, failed } from "../../shared/failure/index.ts";
import { killPoint } from "./kill-points.ts";

let partialCount = 0;

/**
 * Puts `content` at `path`, whole or not at all: an old file there stays until the new one is on the disk.
 * A crash may leave `<path>.partial-*`, never a torn `path`.
 */
export async function writeFileDurably(path: string, content: string | Uint8Array): Promise<void> {
  partialCount += 1;
  const partialPath = `${path}.partial-${process.pid}-${partialCount}`;
  try {
    const file = await open(partialPath, "wx");
    try {
      await file.writeFile(content);
      killPoint("durable.written");
      await file.sync();
    } finally {
      await file.close();
    }
    killPoint("durable.file-synced");
    await rename(partialPath, path);
    killPoint("durable.renamed");
    await fsyncFolder(dirname(path));
    killPoint("durable.folder-synced");
  } catch (cause) {
    await rm(partialPath, { force: true });
    throw diskFailure("write", path, cause);
  }
}

/** Moves a file whose bytes are already on the disk (see `fsyncFile`); both folders know it when this returns. */
export async function renameDurably(fromPath: string, toPath: string): Promise<void> {
  try {
    await rename(fromPath, toPath);
    killPoint("durable.renamed");
    await fsyncFolder(dirname(toPath));
    if (dirname(fromPath) !== dirname(toPath)) await fsyncFolder(dirname(fromPath));
    killPoint("durable.folder-synced");
  } catch (cause) {
    throw diskFailure("rename", toPath, cause);
  }
}

/** Makes the bytes of an existing file, written by anyone, survive a power cut. */
export async function fsyncFile(path: string): Promise<void> {
  try {
    // "r+" because Windows flushes only handles that may write.
    const file = await open(path, "r+");
    try {
      await file.sync();
    } finally {
      await file.close();
    }
    killPoint("durable.file-synced");
  } catch (cause) {
    throw diskFailure("fsync", path, cause);
  }
}

/** Makes the names in a folder survive a power cut. Windows cannot open folders; NTFS journals names by itself. */
export async function fsyncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  try {
    const folder = await open(path, "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (cause) {
    throw diskFailure("fsync", path, cause);
  }
}

/** Makes `path` and its parents, each entered durably in the folder above it. */
export async function makeFolderDurably(path: string): Promise<void> {
  try {
    const firstMadePath = await mkdir(path, { recursive: true });
    if (firstMadePath === undefined) return;
    for (let made = path; made.length >= firstMadePath.length; made = dirname(made)) await fsyncFolder(dirname(made));
  } catch (cause) {
    throw diskFailure("mkdir", path, cause);
  }
}

/** SHA-256 of a file's bytes as lower-case hex, read as a stream. */
export async function sha256OfFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, signal }))
    hash.update(chunk as Uint8Array);
  return hash.digest("hex");
}

/** Whether what was thrown says that there is no such file. */
export const isMissingFile = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");

/** The disk's failure in our words. A full disk has its own code because the user can make room. */
export function diskFailure(step: "write" | "rename" | "fsync" | "mkdir", path: string, cause: unknown): DubError {
  if (cause instanceof DubError) return cause;
  const errno = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
  const isFull = errno === "ENOSPC" || errno === "EDQUOT";
  return failed(isFull ? "disk.full" : "disk.failed", {
    message: isFull
      ? `The disk is full: ${path} could not be written.`
      : `The disk refused to ${step} ${path} (${errno}).`,
    hint: isFull ? "Free some space, then try again." : "Check the disk and the permissions of the folder.",
    details: { path, step, errno },
    cause,
  });
}
