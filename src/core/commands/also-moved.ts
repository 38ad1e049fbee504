// After one file was found again: which other missing ones lie at the same change of folder.
import { stat } from "node:fs/promises";
import type { AnswerOf } from "../../shared/contract/index.ts";
import { movedAlong, sameFolderChange } from "../../shared/project/index.ts";
import type { Media } from "../../shared/project/index.ts";
import type { OpenProject } from "../store/index.ts";
import { isThere } from "./existing-files.ts";
import { filePathOf } from "./media-paths.ts";

/** Absolute paths of one file with forward slashes, as it was and as it is. */
export type Move = { readonly from: string; readonly to: string };

/** Candidates by place and size: each is probed and compared when it is relinked itself. */
export async function findAlsoMoved(project: OpenProject, move: Move): Promise<AnswerOf<"media.relink">["alsoFound"]> {
  const change = sameFolderChange(move.from, move.to);
  if (!change) return [];
  const missing: Media[] = [];
  for (const media of project.view.list("media"))
    if (!(await isThere(filePathOf(project.paths.folder, media.path)))) missing.push(media);
  const found: AnswerOf<"media.relink">["alsoFound"] = [];
  for (const { mediaId, path } of movedAlong(missing, change)) {
    const sizeBytes = missing.find(({ id }) => id === mediaId)?.identity.sizeBytes;
    if ((await sizeOf(path)) === sizeBytes) found.push({ mediaId, path });
  }
  return found;
}

const sizeOf = (path: string): Promise<number | undefined> =>
  stat(path).then(
    (stats) => stats.size,
    () => undefined,
  );
