// Makes the previews of a media file that the cache lacks: whatever is there already is kept, so that a retry goes on.
import { makeFolderDurably } from "../base/index.ts";
import type { Progress } from "../base/index.ts";
import { makeProxy, makeThumbnails, mediaSource, openMedia, writePeaks } from "../media/index.ts";
import type { Ffmpeg, MediaSource } from "../media/index.ts";
import type { Media } from "../../shared/project/index.ts";
import { isThere } from "./existing-files.ts";
import { previewFiles } from "./preview-files.ts";
import type { PreviewFiles } from "./preview-files.ts";

export type PreviewOrder = {
  readonly tools: Ffmpeg;
  /** Absolute. */
  readonly filePath: string;
  readonly cacheFolder: string;
  readonly media: Pick<Media, "identity" | "facts">;
};

type Ears = {
  readonly signal: AbortSignal;
  readonly onProgress: Progress;
  readonly onStage: (phrase: string) => void;
};

type Making = {
  readonly path: string;
  readonly stage: string;
  readonly make: (source: MediaSource) => Promise<unknown>;
};

export async function makePreviews(order: PreviewOrder, ears: Ears): Promise<void> {
  const files = previewFiles(order.cacheFolder, order.media);
  await makeFolderDurably(files.folder);
  const source = mediaSource(order.tools, order.filePath, order.media.facts);
  for (const { path, stage, make } of makings(files, ears)) {
    if (await isThere(path)) continue;
    ears.signal.throwIfAborted();
    // A stage begins with nothing done, in a unit that its work will name.
    ears.onProgress(0, 0, "");
    ears.onStage(stage);
    await make(source);
  }
}

/** Waveforms first: they take the least time and are what an editor looks for first. */
function makings(files: PreviewFiles, { signal, onProgress }: Ears): readonly Making[] {
  const waveforms = files.peaks.map(({ streamIndex, path }) => ({
    path,
    stage: "drawing the waveform",
    make: (source: MediaSource) => writePeaks(source, { path, streamIndex, signal, onProgress }),
  }));
  const { picture } = files;
  if (!picture) return waveforms;
  return [
    ...waveforms,
    {
      path: picture.proxy,
      stage: "making the proxy",
      make: (source) => makeProxy(source, { path: picture.proxy, signal, onProgress }),
    },
    {
      // Written after the strip: where it is, both are.
      path: picture.thumbnailsLayout,
      stage: "making thumbnails",
      // From the proxy, which decodes many times faster than a delivery codec.
      make: async ({ tools }) =>
        await makeThumbnails(await openMedia(tools, picture.proxy), { path: picture.thumbnails, signal, onProgress }),
    },
  ];
}
