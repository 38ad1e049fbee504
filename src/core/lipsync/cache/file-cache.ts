// What has been computed once, by the content of all that it was computed from. It may be deleted at any time.
import { createHash } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { makeFolderDurably, writeFileDurably } from "../../base/index.ts";
import { decodePack, encodePack } from "./pack.ts";
import type { Pack } from "./pack.ts";

/** Kinds have folders of their own, so that people see what takes the room. */
export type CacheKind = "crops" | "latents" | "sound" | "speech" | "windows";

export type FileCache = {
  /** Undefined when it is not there or not whole. */
  readonly read: (kind: CacheKind, key: string) => Promise<Pack | undefined>;
  /** Whole or absent, and on the disk when this returns. */
  readonly write: (kind: CacheKind, key: string, pack: Pack) => Promise<void>;
  /** Everything whose key begins so: keys may name a folder, "ab12…/3". */
  readonly remove: (kind: CacheKind, keyFolder: string) => Promise<void>;
};

export function fileCache(cacheFolder: string): FileCache {
  const folderOf = (kind: CacheKind) => join(cacheFolder, "lipsync", kind);
  const pathOf = (kind: CacheKind, key: string) => join(folderOf(kind), key.slice(0, 2), `${key}.pack`);
  return {
    read: async (kind, key) => {
      const bytes = await readIfThere(pathOf(kind, key));
      return bytes && decodePack(bytes);
    },
    write: async (kind, key, pack) => {
      const path = pathOf(kind, key);
      await makeFolderDurably(dirname(path));
      await writeFileDurably(path, encodePack(pack));
    },
    remove: async (kind, keyFolder) => {
      await rm(join(folderOf(kind), keyFolder.slice(0, 2), keyFolder), { recursive: true, force: true });
    },
  };
}

/** Names what comes of these inputs. Plain JSON; the order of fields counts. */
export const keyOf = (inputs: object): string => createHash("sha256").update(JSON.stringify(inputs)).digest("hex");

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
