// After one file was found again: which other missing ones lie at the same change of folder.
import { stat } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import type { AnswerOf } from "../../shared/contract/index.ts";
import type { OpenProject } from "../store/index.ts";
import { isThere } from "./existing-files.ts";
import { filePathOf } from "./media-paths.ts";

/** Absolute paths of one file, as it was and as it is. */
export type Move = { readonly from: string; readonly to: string };

/** Candidates by place and size: each is probed and compared when it is relinked itself. */
export async function findAlsoMoved(project: OpenProject, move: Move): Promise<AnswerOf<"media.relink">["alsoFound"]> {
  const found: AnswerOf<"media.relink">["alsoFound"] = [];
  for (const media of project.view.list("media")) {
    const path = filePathOf(project.paths.folder, media.path);
    const moved = movedPath(path, move);
    if (moved === undefined || (await isThere(path))) continue;
    if ((await sizeOf(moved)) === media.identity.sizeBytes) found.push({ mediaId: media.id, path: moved });
  }
  return found;
}

/**
 * Where `path` would be if the folder changed as it did for one file. What both places have in common at their end is no
 * part of the change: "/a/day1/1.mov" -> "/b/day1/1.mov" takes "/a/day2/2.mov" to "/b/day2/2.mov". Undefined when
 * nothing but the name changed, or when `path` lay elsewhere.
 */
export function movedPath(path: string, { from, to }: Move): string | undefined {
  let [fromFolder, toFolder] = [dirname(from), dirname(to)];
  const isSharedEnd = () => lastPart(fromFolder) === lastPart(toFolder) && fromFolder !== dirname(fromFolder);
  while (isSharedEnd()) [fromFolder, toFolder] = [dirname(fromFolder), dirname(toFolder)];
  const inside = relative(fromFolder, path);
  const isInside = inside !== "" && inside !== ".." && !inside.startsWith(`..${sep}`);
  return isInside && fromFolder !== toFolder ? join(toFolder, inside) : undefined;
}

const lastPart = (folder: string): string => folder.slice(dirname(folder).length).replace(sep, "");

const sizeOf = (path: string): Promise<number | undefined> =>
  stat(path).then(
    (stats) => stats.size,
    () => undefined,
  );
