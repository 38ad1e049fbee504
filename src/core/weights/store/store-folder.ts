// What lies where in the folder of models, and who may write there at once.
import { open, readFile, rm, stat, statfs, utimes } from "node:fs/promises";
import { join } from "node:path";
import { refused } from "../../../shared/failure/index.ts";
import { diskFailure, makeFolderDurably } from "../../base/index.ts";
import type { Clock } from "../../base/index.ts";
import type { PublishedModel } from "./manifest.ts";

export type StorePaths = {
  readonly folder: string;
  /** One folder per published model: what is being fetched. */
  readonly downloads: string;
  /** Conversions under way. */
  readonly temp: string;
  readonly acceptedLicences: string;
};

export const storePaths = (folder: string): StorePaths => ({
  folder,
  downloads: join(folder, "downloads"),
  temp: join(folder, "tmp"),
  acceptedLicences: join(folder, "accepted-licences.json"),
});

/** Where a published file lies while it is fetched and converted. Ids and names are safe by the manifest's schema. */
export const downloadPath = (folder: string, { id, file }: PublishedModel): string =>
  join(storePaths(folder).downloads, id, file.name);

export const weightsName = "weights.safetensors";
export const recordName = "model.json";

/** `models/<network>/<SHA-256 of the weights file>`: the same weights are kept once. */
export const modelFolder = (folder: string, network: string, contentSha256: string): string =>
  join(folder, network, contentSha256);

/** Undefined when the file is missing. */
export async function sizeIfThere(path: string): Promise<number | undefined> {
  const stats = await stat(path).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  });
  return stats?.size;
}

/** Left free for the rest of the system. */
const marginBytes = 256 << 20;

/** Refuses before the first byte when the disk cannot hold what is to come. */
export async function requireRoom(folder: string, neededBytes: number): Promise<void> {
  await makeFolderDurably(folder);
  const { bavail, bsize } = await statfs(folder);
  const freeBytes = bavail * bsize;
  if (freeBytes >= neededBytes + marginBytes) return;
  const gb = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  throw refused("disk.no-room", {
    message: `${gb(neededBytes)} are needed in ${folder}, and ${gb(freeBytes)} are free.`,
    hint: "Free some space, or keep the application's data on another disk (DUBWRIGHT_APP_DATA).",
    details: { folder, neededBytes, freeBytes },
  });
}

// A holder says every few seconds that it lives. One that has died is told by its process, or, after its machine was
// restarted and the number belongs to another process, by its silence.
const aliveEveryMs = 5_000;
const silentAfterMs = 60_000;

/** Keeps a folder to one process, through a file that says which; ended by disposing. Refused as "models.busy". */
export async function holdLock(path: string, clock: Clock): Promise<AsyncDisposable> {
  if (!(await tryLock(path))) {
    if (await isHeld(path, clock)) throw busy(path);
    await rm(path, { force: true });
    if (!(await tryLock(path))) throw busy(path);
  }
  const over = new AbortController();
  const beating = beat(path, clock, over.signal);
  return {
    [Symbol.asyncDispose]: async () => {
      over.abort();
      await beating;
      await rm(path, { force: true });
    },
  };
}

async function beat(path: string, clock: Clock, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    try {
      await clock.sleep(aliveEveryMs, over);
      const now = new Date(clock.nowMs());
      await utimes(path, now, now);
    } catch (error) {
      if (!over.aborted) throw error;
    }
  }
}

async function tryLock(path: string): Promise<boolean> {
  try {
    const file = await open(path, "wx");
    await file.writeFile(String(process.pid));
    await file.close();
    return true;
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "EEXIST") return false;
    throw diskFailure("write", path, cause);
  }
}

async function isHeld(path: string, clock: Clock): Promise<boolean> {
  const [text, stats] = await Promise.all([readFile(path, "utf8"), stat(path)]).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return ["", undefined] as const;
    throw error;
  });
  if (stats === undefined || clock.nowMs() - stats.mtimeMs > silentAfterMs) return false;
  const pid = Number(text);
  // Between its making and its writing, a lock is empty.
  return text === "" || (Number.isSafeInteger(pid) && pid > 0 && isAlive(pid));
}

/** Whether a process of this number runs; it may be another than the one that was meant. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: alive, but another user's.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

const busy = (path: string) =>
  refused("models.busy", {
    message: "Another window or command is fetching this model.",
    hint: "Wait until it is done, or end it.",
    details: { path },
  });
