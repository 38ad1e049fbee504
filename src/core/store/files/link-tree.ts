// Gives a second project the same unchanging files without storing them twice.
import { copyFile, link, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";

// File systems without hard links, or folders on two of them.
const needsCopy = new Set(["EXDEV", "EPERM", "ENOTSUP", "ENOSYS", "EMLINK", "EOPNOTSUPP"]);

/** Hard links to every file below `from`, or copies where there can be none. Links and devices are left out. */
export async function linkTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) await linkTree(source, target);
    else if (entry.isFile()) await linkOrCopy(source, target);
  }
}

async function linkOrCopy(source: string, target: string): Promise<void> {
  try {
    await link(source, target);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && needsCopy.has(String(error.code)))) throw error;
    await copyFile(source, target);
  }
}
