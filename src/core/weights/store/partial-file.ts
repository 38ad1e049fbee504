// A file that is being fetched: the bytes that are there, whose they are, and their hash, kept over crashes.
import { createHash } from "node:crypto";
import type { Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, readFile, rm } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { z } from "zod";
import { diskFailure, fsyncFile, killPoint, renameDurably, writeFileDurably } from "../../base/index.ts";
import { sizeIfThere } from "./store-folder.ts";

/** What must be remembered to go on later: which version of the file the bytes are of. */
const originSchema = z.strictObject({ address: z.string(), etag: z.string().nullable() });
type Origin = z.infer<typeof originSchema>;

export type PartialFile = AsyncDisposable & {
  readonly haveBytes: () => number;
  readonly origin: () => Origin | undefined;
  /** Forgets all bytes; what follows is of `origin`. */
  readonly restart: (origin: Origin) => Promise<void>;
  readonly append: (bytes: Uint8Array) => Promise<void>;
  readonly sha256: () => string;
  /** Makes the file durable under its own name and forgets where it came from. */
  readonly finish: () => Promise<void>;
  readonly discard: () => Promise<void>;
};

export const partialPathOf = (path: string): string => `${path}.partial`;
const originPathOf = (path: string): string => `${path}.partial.json`;

/** Bytes of a download that stopped; 0 when there is none. */
export const partialBytes = async (path: string): Promise<number> => (await sizeIfThere(partialPathOf(path))) ?? 0;

/** Opens what an earlier attempt has left, reading it once for its hash. */
export async function openPartialFile(path: string, signal: AbortSignal): Promise<PartialFile> {
  const partialPath = partialPathOf(path);
  let origin = await readOrigin(originPathOf(path));
  let haveBytes = 0;
  let hash: Hash = createHash("sha256");
  if (origin === undefined) await rm(partialPath, { force: true });
  const file = await openForWriting(partialPath);
  for await (const chunk of createReadStream(partialPath, { highWaterMark: 1 << 20, signal })) {
    const bytes = chunk as Uint8Array;
    hash.update(bytes);
    haveBytes += bytes.byteLength;
  }
  let isOpen = true;
  const close = async () => {
    if (!isOpen) return;
    isOpen = false;
    await file.close();
  };
  return {
    haveBytes: () => haveBytes,
    origin: () => origin,
    sha256: () => hash.copy().digest("hex"),
    restart: async (next) => {
      await truncate(file, partialPath);
      [origin, haveBytes, hash] = [next, 0, createHash("sha256")];
      await writeFileDurably(originPathOf(path), JSON.stringify(next));
    },
    append: async (bytes) => {
      await writeAt(file, partialPath, { bytes, offsetBytes: haveBytes });
      hash.update(bytes);
      haveBytes += bytes.byteLength;
      killPoint("models.download.chunk");
    },
    finish: async () => {
      await close();
      await fsyncFile(partialPath);
      await renameDurably(partialPath, path);
      killPoint("models.download.renamed");
      await rm(originPathOf(path), { force: true });
    },
    discard: async () => {
      await close();
      await rm(partialPath, { force: true });
      await rm(originPathOf(path), { force: true });
    },
    [Symbol.asyncDispose]: close,
  };
}

async function readOrigin(path: string): Promise<Origin | undefined> {
  const text = await readFile(path, "utf8").then(
    (found) => found,
    () => undefined,
  );
  if (text === undefined) return undefined;
  try {
    return originSchema.safeParse(JSON.parse(text)).data;
  } catch (error) {
    // A torn note is no note: the bytes are fetched again.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function openForWriting(path: string): Promise<FileHandle> {
  try {
    // Writes go to positions, so "append" serves only to make the file when it is missing.
    await (await open(path, "a")).close();
    return await open(path, "r+");
  } catch (cause) {
    throw diskFailure("write", path, cause);
  }
}

async function truncate(file: FileHandle, path: string): Promise<void> {
  try {
    await file.truncate(0);
  } catch (cause) {
    throw diskFailure("write", path, cause);
  }
}

type Write = { readonly bytes: Uint8Array; readonly offsetBytes: number };

async function writeAt(file: FileHandle, path: string, { bytes, offsetBytes }: Write): Promise<void> {
  try {
    for (let done = 0; done < bytes.byteLength;) {
      const { bytesWritten } = await file.write(bytes, done, bytes.byteLength - done, offsetBytes + done);
      done += bytesWritten;
    }
  } catch (cause) {
    throw diskFailure("write", path, cause);
  }
}
