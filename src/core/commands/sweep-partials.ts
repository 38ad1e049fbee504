// Removes what previews that were cut off have left in a project's cache: files that are not whole and never will be.
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { toFailureData } from "../../shared/failure/index.ts";
import type { Logger } from "../base/index.ts";

/**
 * Removes every `*.partial` under `folder`, which need not be there. For a project that was just locked: nobody else
 * writes there, and a worker of a dead host that still does finds at its rename that its file is gone. A file that cannot be
 * removed is noted and keeps no project closed.
 */
export async function sweepPartials(folder: string, logger: Logger): Promise<void> {
  try {
    for (const name of await readdir(folder, { recursive: true })) {
      if (name.endsWith(".partial")) await rm(join(folder, name), { force: true });
    }
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return;
    logger.warn("Unfinished previews could not be removed.", { folder, failure: toFailureData(error) });
  }
}
