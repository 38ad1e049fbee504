// Where a file stands in the house: its room, its side (source, test, tool) and what an import of it points at.
import path from "node:path";

/** Path inside the repository with forward slashes: "src/core/media/probe.ts". */
export function houseFile(context) {
  return path.relative(context.cwd, context.filename).split(path.sep).join("/");
}

/** "core/media" for src/core/media/probe.ts, "main" for src/main/windows.ts, undefined outside src or between rooms. */
export function roomOf(file) {
  const [top, group, name, ...rest] = file.split("/");
  if (top !== "src" || group === undefined || name === undefined) return undefined;
  if (group !== "shared" && group !== "core") return group;
  return rest.length > 0 ? `${group}/${name}` : undefined;
}

export const isTestFile = (file) => /\.test\.[cm]?[jt]sx?$/.test(file) || file.startsWith("test/");

/** The file a relative specifier names, as a path inside the repository. */
export const resolveInside = (file, specifier) => path.posix.join(path.posix.dirname(file), specifier);
