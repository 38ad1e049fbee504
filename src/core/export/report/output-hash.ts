// One hash for what was exported, be it a file or a folder, and how large it is.
import { createHash } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { isMissingFile, sha256OfFile } from "../../base/index.ts";

export type OutputHash = {
  readonly kind: "file" | "folder";
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly files: number;
};

/** Reads everything. A folder is the hash of the list "HASH  NAME" of its files, sorted by name; undefined when nothing is there. */
export async function outputHash(path: string, signal: AbortSignal): Promise<OutputHash | undefined> {
  const found = await stat(path).catch((error: unknown) => {
    if (isMissingFile(error)) return undefined;
    throw error;
  });
  if (!found) return undefined;
  if (!found.isDirectory())
    return { kind: "file", sha256: await sha256OfFile(path, signal), sizeBytes: found.size, files: 1 };
  const list = createHash("sha256");
  let [sizeBytes, files] = [0, 0];
  for (const name of (await readdir(path)).toSorted()) {
    const filePath = join(path, name);
    list.update(`${await sha256OfFile(filePath, signal)}  ${name}\n`);
    sizeBytes += (await stat(filePath)).size;
    files += 1;
  }
  return { kind: "folder", sha256: list.digest("hex"), sizeBytes, files };
}
