// Folders of this machine as a file dialog shows them: for pages that cannot look themselves.
import { opendir, realpath, stat } from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import type { AnswerOf } from "../../shared/contract/index.ts";
import { refused } from "../../shared/failure/index.ts";
import { projectExtension } from "../store/index.ts";
import { isThere } from "./existing-files.ts";

type Browsed = AnswerOf<"app.browse">;
type Entry = Browsed["entries"][number];

/** What a person may want to import, by its name; what is really in it, a probe says. */
const mediaExtensions: ReadonlySet<string> = new Set(
  (
    "3gp aac aif aiff avi bwf caf flac m2t m2ts m4a m4v mka mkv mov mp3 mp4 mpeg mpg mts mxf oga ogg opus ts vob w64 " +
    "wav webm wma wmv"
  )
    .split(" ")
    .map((name) => `.${name}`),
);

/** Checkpoints: what `models.import` reads. */
const modelExtensions: ReadonlySet<string> = new Set([".pt", ".pth", ".safetensors"]);

// More than this nobody reads, and one message has to carry it.
const maxEntries = 5000;
const names = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
const kindOrder: readonly Entry["kind"][] = ["project", "folder", "media", "model", "other"];

type Places = { readonly home: string; readonly projectFolder: string | undefined };

/** Hidden entries are left out; folders come first, then media, each in the order of their names. */
export async function browse(folder: string | undefined, places: Places): Promise<Browsed> {
  const shown = resolve(folder ?? places.home);
  const parent = dirname(shown);
  return {
    folder: shown,
    parent: parent === shown ? null : parent,
    places: await findPlaces(places),
    entries: (await readEntries(shown)).toSorted(
      (left, right) =>
        kindOrder.indexOf(left.kind) - kindOrder.indexOf(right.kind) || names.compare(left.name, right.name),
    ),
  };
}

async function readEntries(folder: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  try {
    for await (const { name } of await opendir(folder)) {
      if (name.startsWith(".")) continue;
      const entry = await describeEntry(join(folder, name));
      if (entry) entries.push(entry);
      if (entries.length >= maxEntries) break;
    }
  } catch (cause) {
    throw refused("app.folder-unreadable", {
      message: `${folder} is no folder that can be read.`,
      hint: "Choose another folder.",
      details: { folder },
      cause,
    });
  }
  return entries;
}

/** Undefined for what vanished meanwhile, leads nowhere or may not be looked at. */
async function describeEntry(path: string): Promise<Entry | undefined> {
  const stats = await stat(path).then(
    (found) => found,
    () => undefined,
  );
  if (!stats) return undefined;
  const isFolder = stats.isDirectory();
  return {
    name: basename(path),
    path,
    kind: isFolder ? folderKind(path) : fileKind(path),
    sizeBytes: isFolder ? null : stats.size,
    modifiedAt: stats.mtime.toISOString(),
  };
}

const folderKind = (path: string): Entry["kind"] => (path.endsWith(projectExtension) ? "project" : "folder");

function fileKind(path: string): Entry["kind"] {
  const extension = extname(path).toLowerCase();
  if (mediaExtensions.has(extension)) return "media";
  return modelExtensions.has(extension) ? "model" : "other";
}

async function findPlaces({ home, projectFolder }: Places): Promise<Browsed["places"]> {
  const candidates = [
    { name: "Home", path: home },
    ...(projectFolder === undefined ? [] : [{ name: basename(dirname(projectFolder)), path: dirname(projectFolder) }]),
    ...(await findVolumes()),
  ];
  const places = new Map<string, { name: string; path: string }>();
  for (const place of candidates)
    if (!places.has(place.path) && (await isThere(place.path))) places.set(place.path, place);
  return [...places.values()];
}

const volumeFolders: Readonly<Record<string, readonly string[]>> = {
  darwin: ["/Volumes"],
  linux: ["/media", "/run/media", "/mnt"],
};

/** Mounted disks: letters on Windows; elsewhere the folders that systems mount into, with one level for the user's name. */
async function findVolumes(): Promise<Browsed["places"]> {
  if (process.platform === "win32")
    return "CDEFGHIJKLMNOPQRSTUVWXYZ".split("").map((letter) => ({ name: `${letter}:`, path: `${letter}:\\` }));
  const volumes: { name: string; path: string }[] = [];
  for (const folder of volumeFolders[process.platform] ?? []) {
    if (!(await isThere(folder))) continue;
    for (const path of await subfolders(await realpath(folder))) {
      volumes.push({ name: basename(path), path });
      const isOfUser = folder !== "/mnt" && process.platform === "linux";
      if (isOfUser) for (const inner of await subfolders(path)) volumes.push({ name: basename(inner), path: inner });
    }
  }
  return volumes;
}

async function subfolders(folder: string): Promise<readonly string[]> {
  const entries = await readEntries(folder).then(
    (found) => found,
    () => [],
  );
  return entries.filter((entry) => entry.kind === "folder").map((entry) => entry.path);
}
