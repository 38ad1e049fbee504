// Gives a second project the same unchanging files without storing them twice.
import { copyFile, link, mkdir, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { hasErrno } from "./errno.ts";

// File systems without hard links, or folders on two of them.
const needsCopy = ["EXDEV", "EPERM", "ENOTSUP", "ENOSYS", "EMLINK", "EOPNOTSUPP"];

async function linkTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) await linkTree(source, target);
    else if (entry.isFile()) await linkOrCopy(source, target);
  }
}

/** Hard links to every file below `from`, or copies where there can be none. Links and devices are left out. */
export async function linkTreeIfThere(from: string, to: string): Promise<void> {
  try {
    await stat(from);
  } catch (error) {
    if (!hasErrno(error, "ENOENT")) throw error;
    await mkdir(to, { recursive: true });
    return;
  }
  await linkTree(from, to);
}

async function linkOrCopy(source: string, target: string): Promise<void> {
  try {
    await link(source, target);
  } catch (error) {
    if (!hasErrno(error, ...needsCopy)) throw error;
    await copyFile(source, target);
  }
}
