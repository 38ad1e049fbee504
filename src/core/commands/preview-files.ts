// Where the previews of a media file lie in the cache: by the hash of its content, so that a moved file keeps them.
import { join } from "node:path";
import type { Media } from "../../shared/project/index.ts";

type Facts = Pick<Media, "identity" | "facts">;

export type PreviewFiles = {
  readonly folder: string;
  /** Undefined for sound without a picture. */
  readonly picture:
    | {
        readonly proxy: string;
        readonly thumbnails: string;
        /** The layout of the thumbnails' strip, as JSON; core/media puts it beside the strip. */
        readonly thumbnailsLayout: string;
      }
    | undefined;
  readonly peaks: readonly { readonly streamIndex: number; readonly path: string }[];
};

/** The number in a name rises when files made from now on differ from those made before. */
export function previewFiles(cacheFolder: string, { identity, facts }: Facts): PreviewFiles {
  const { mediaHash } = identity;
  const folder = join(cacheFolder, "media", mediaHash.slice(0, 2), mediaHash);
  const thumbnails = join(folder, "thumbnails-1.jpg");
  const picture = { proxy: join(folder, "proxy-1.mp4"), thumbnails, thumbnailsLayout: `${thumbnails}.json` };
  return {
    folder,
    picture: facts.video.length > 0 ? picture : undefined,
    peaks: facts.audio.map(({ streamIndex }) => ({ streamIndex, path: join(folder, `peaks-1-${streamIndex}.dat`) })),
  };
}
