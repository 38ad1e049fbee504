// Finding moved media again: by what a file holds, and by the folder another file of the project has moved to.
import type { RecordId } from "./ids.ts";
import type { ContentIdentity } from "./media-facts.ts";
import type { Media } from "./records.ts";

export type FoundMedia = { readonly mediaId: RecordId<"media">; readonly path: string };

/** Folders without a slash at their end; "" is the root. Files below `fromFolder` may now lie below `toFolder`. */
export type FolderChange = { readonly fromFolder: string; readonly toFolder: string };

/**
 * What a move of one file tells of others: the paths without what they have in common at their end.
 * "/old/films/r1/a.mov" to "/new/films/r1/a.mov" is "/old" to "/new". Undefined when nothing moved but the file's name.
 */
export function sameFolderChange(fromPath: string, toPath: string): FolderChange | undefined {
  const from = fromPath.split("/").slice(0, -1);
  const to = toPath.split("/").slice(0, -1);
  while (from.length > 1 && to.length > 1 && from.at(-1) === to.at(-1)) {
    from.pop();
    to.pop();
  }
  const change = { fromFolder: from.join("/"), toFolder: to.join("/") };
  return change.fromFolder === change.toFolder ? undefined : change;
}

/** Where the other media would lie if they moved along. Whether they are there, and are they, is for others to find out. */
export function movedAlong(media: readonly Media[], change: FolderChange): readonly FoundMedia[] {
  const prefix = `${change.fromFolder}/`;
  return media
    .filter(({ path }) => path.startsWith(prefix))
    .map(({ id, path }) => ({ mediaId: id, path: `${change.toFolder}/${path.slice(prefix.length)}` }));
}

export type IdentifiedFile = { readonly path: string; readonly identity: ContentIdentity };

/**
 * Pairs media with files of the same content. A name proves nothing, and equal content under two names is taken where
 * the name is the same, else where it comes first.
 */
export function matchByContent(media: readonly Media[], files: readonly IdentifiedFile[]): readonly FoundMedia[] {
  const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);
  return media.flatMap(({ id, path, identity }) => {
    const same = files.filter((file) => file.identity.mediaHash === identity.mediaHash);
    const best = same.find((file) => nameOf(file.path) === nameOf(path)) ?? same[0];
    return best ? [{ mediaId: id, path: best.path }] : [];
  });
}
