// Opaque ids for files that pages may read. Ids are random, so none can be guessed and none tells a path.
import { stat } from "node:fs/promises";
import type { Random } from "../base/index.ts";
import type { Resources } from "./core.ts";

export type ResourceTable = Resources & {
  /** The same file gets the same id until the table is cleared. */
  readonly idFor: (filePath: string, contentType: string) => string;
  readonly clear: () => void;
};

export function createResourceTable(random: Random): ResourceTable {
  const idsByPath = new Map<string, string>();
  const entries = new Map<string, { readonly filePath: string; readonly contentType: string }>();
  return {
    idFor: (filePath, contentType) => {
      const known = idsByPath.get(filePath);
      if (known !== undefined) return known;
      const id = Buffer.from(random.bytes(18)).toString("base64url");
      idsByPath.set(filePath, id);
      entries.set(id, { filePath, contentType });
      return id;
    },
    clear: () => {
      idsByPath.clear();
      entries.clear();
    },
    resolve: async (resourceId) => {
      const entry = entries.get(resourceId);
      if (!entry) return undefined;
      try {
        const { size, mtimeMs, ino } = await stat(entry.filePath);
        return { ...entry, etag: `"${[ino, size, Math.round(mtimeMs)].map((part) => part.toString(36)).join("-")}"` };
      } catch (error) {
        if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
        throw error;
      }
    },
  };
}
