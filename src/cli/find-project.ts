// Which project a command means: the one that was named, else the nearest from the present folder upwards.
import { readdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { UsageError } from "./usage-error.ts";

const extension = ".dubwright";

/** Absolute; undefined when there is none. Two of them side by side are a question for the person. */
export async function findProject(workingFolder: string): Promise<string | undefined> {
  for (let folder = resolve(workingFolder); ; folder = dirname(folder)) {
    if (folder.endsWith(extension)) return folder;
    const names = await projectsIn(folder);
    if (names.length > 1) {
      const listed = names.map((name) => `  --project "${join(folder, name)}"`).join("\n");
      throw new UsageError(`There are ${names.length} projects in ${folder}. Say which one you mean:\n${listed}`);
    }
    const only = names[0];
    if (only !== undefined) return join(folder, only);
    if (dirname(folder) === folder) return undefined;
  }
}

async function projectsIn(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.flatMap((entry) => (entry.isDirectory() && entry.name.endsWith(extension) ? [entry.name] : []));
  } catch (error) {
    // Folders above may be closed to us; a project in there would be, too.
    if (error instanceof Error && "code" in error && (error.code === "EACCES" || error.code === "EPERM")) return [];
    throw error;
  }
}
