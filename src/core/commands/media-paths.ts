// How the project names files: relative and with forward slashes inside its folder, absolute outside.
import { isAbsolute, join, relative, resolve, sep } from "node:path";

/** "/films/Night.dubwright/media/a.mov" in that project -> "media/a.mov". */
export function recordPathOf(projectFolder: string, filePath: string): string {
  const absolute = resolve(filePath);
  const inside = relative(projectFolder, absolute);
  const isInside = inside !== "" && inside !== ".." && !inside.startsWith(`..${sep}`) && !isAbsolute(inside);
  return (isInside ? inside : absolute).split(sep).join("/");
}

/** The absolute path of a file that a record names. */
export const filePathOf = (projectFolder: string, recordPath: string): string =>
  isAbsolute(recordPath) ? resolve(recordPath) : join(projectFolder, ...recordPath.split("/"));
