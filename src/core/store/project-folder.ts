// What lies where in a project's folder `Name.dubwright`.
import { basename, join } from "node:path";
import { refused } from "../../shared/failure/index.ts";

export const projectExtension = ".dubwright";

/**
 * Folders of a project besides its database. `media` holds what was dropped into the window; `tracks` the geometry of face
 * tracks, hand work included; `cache` can be made again.
 */
export const projectSubfolders = ["takes", "tracks", "cache", "exports", "backups", "media"] as const;

export type ProjectPaths = {
  /** Absolute. */
  readonly folder: string;
  readonly database: string;
  readonly lock: string;
} & { readonly [Name in (typeof projectSubfolders)[number]]: string };

export const projectPaths = (folder: string): ProjectPaths => ({
  folder,
  database: join(folder, "project.sqlite"),
  lock: join(folder, "project.lock"),
  takes: join(folder, "takes"),
  tracks: join(folder, "tracks"),
  cache: join(folder, "cache"),
  exports: join(folder, "exports"),
  backups: join(folder, "backups"),
  media: join(folder, "media"),
});

// Names that one of our three systems refuses or changes behind one's back.
const reservedNames = /^(con|prn|aux|nul|com\d|lpt\d)$/i;
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const unsafeCharacters = /[<>:"/\\|?*\u0000-\u001f]/;

/** "Night Train" -> "Night Train.dubwright"; refuses what Windows, macOS or Linux could not keep as a file name. */
export function projectFolderName(name: string): string {
  const trimmed = name.trim();
  const isUsable =
    trimmed !== "" &&
    Buffer.byteLength(trimmed) <= 200 &&
    !unsafeCharacters.test(trimmed) &&
    !trimmed.startsWith(".") &&
    !trimmed.endsWith(".") &&
    !reservedNames.test(trimmed);
  if (isUsable) return trimmed + projectExtension;
  throw refused("project.bad-name", {
    message: `"${name}" cannot be the name of a folder on every system.`,
    hint: 'Leave out < > : " / \\ | ? * and dots at either end; up to 200 bytes.',
    details: { name },
  });
}

/** "/films/Night Train.dubwright" -> "Night Train". */
export const projectNameOf = (folder: string): string => basename(folder, projectExtension);
