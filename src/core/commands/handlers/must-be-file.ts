// Whether a path that was typed names a file at all.
import { stat } from "node:fs/promises";
import { refused } from "../../../shared/failure/index.ts";

/** Said at once, so that a slip of the pen isn't a job that fails later. What is in the file, the work finds out. */
export async function mustBeFile(path: string): Promise<void> {
  const stats = await stat(path).then(
    (found) => found,
    () => undefined,
  );
  if (stats?.isFile()) return;
  throw refused("media.not-found", {
    message: stats ? `${path} is no file.` : `There is no file ${path}, or it cannot be read.`,
    hint: "Choose a film or a sound file.",
    details: { path },
  });
}
