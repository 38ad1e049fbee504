// Handlers of media: look at a file, bring it in, prepare what previews need.
import { basename, resolve } from "node:path";
import { refused } from "../../../shared/failure/index.ts";
import type { Handlers } from "../../../shared/contract/index.ts";
import { createId, mustGet, relinkMedia, removeMedia } from "../../../shared/project/index.ts";
import { contentIdentity, openPeaks, probeMedia } from "../../media/index.ts";
import { findAlsoMoved } from "../also-moved.ts";
import { isoTime } from "../job-summaries.ts";
import { filePathOf, recordPathOf } from "../media-paths.ts";
import type { ImportOrder, PrepareOrder } from "../media-orders.ts";
import { previewFiles } from "../preview-files.ts";
import { findPreviews } from "../previews.ts";
import { enqueue } from "./enqueue.ts";
import type { HandlerTools } from "./handler-tools.ts";
import { mustBeFile } from "./must-be-file.ts";

type Names =
  | "media.probe"
  | "media.import"
  | "media.prepare"
  | "media.previews"
  | "media.peaks"
  | "media.remove"
  | "media.relink";

export function mediaHandlers(handlerTools: HandlerTools): Pick<Handlers, Names> {
  const { current, edit, ffmpeg, random, clock, resources } = handlerTools;
  const enqueueMedia = (
    kind: "media.import" | "media.prepare",
    order: ImportOrder | PrepareOrder,
    labels: Readonly<Record<string, string>>,
  ) => enqueue(handlerTools, { kind, resourceClass: "media", labels }, order);
  return {
    "media.probe": async ({ path }, { signal }) => ({ facts: await probeMedia(await ffmpeg(), path, { signal }) }),
    "media.import": async ({ path, previews }) => {
      current.get();
      await mustBeFile(path);
      // Asked for only now: another project may have been opened while the disk was slow.
      const { project } = current.get();
      const mediaId = createId("media", random.bytes);
      const order: ImportOrder = {
        path: recordPathOf(project.paths.folder, path),
        mediaId,
        reelId: createId("reel", random.bytes),
        importedAt: isoTime(clock.nowMs()),
        previews,
      };
      return enqueueMedia("media.import", order, { title: basename(path), mediaId });
    },
    "media.prepare": async ({ mediaId }) => {
      const { project, scheduler } = current.get();
      const media = mustGet(project.view, "media", mediaId);
      // Two jobs would write the same files at once; its import, too, makes them.
      const [active] = scheduler.list({ states: ["queued", "running"], labels: { mediaId }, limit: 1 });
      if (active) return { jobId: active.jobId };
      return enqueueMedia("media.prepare", { media }, { title: basename(media.path), mediaId });
    },
    "media.previews": async ({ mediaId }) => findPreviews(mediaId, { opened: current.get(), resources }),
    "media.peaks": async ({ mediaId, streamIndex, startSample, endSample, buckets }) => {
      const { project } = current.get();
      const media = mustGet(project.view, "media", mediaId);
      const file = previewFiles(project.paths.cache, media).peaks.find((each) => each.streamIndex === streamIndex);
      if (!file) throw noSuchStream(media.path, streamIndex);
      await using peaks = await openPeaks(file.path);
      const range = { startSample, durationSamples: Math.max(0, endSample - startSample) };
      const found = await peaks.read(range, buckets);
      const { sampleRateHz, channelCount } = peaks.header;
      return { sampleRateHz, channelCount, ...found, channels: found.channels.map((channel) => [...channel]) };
    },
    "media.remove": async ({ mediaId }) => edit("media.remove", (view) => removeMedia(view, mediaId)),
    "media.relink": async ({ mediaId, path }, { signal }) => {
      const { project } = current.get();
      const { folder } = project.paths;
      const from = filePathOf(folder, mustGet(project.view, "media", mediaId).path);
      const facts = await probeMedia(await ffmpeg(), path, { signal });
      const identity = await contentIdentity(path, facts);
      const relink = { mediaId, path: recordPathOf(folder, path), identity, facts };
      const answer = edit("media.relink", (view) => relinkMedia(view, relink));
      return { ...answer, alsoFound: await findAlsoMoved(project, { from, to: resolve(path) }) };
    },
  };
}

const noSuchStream = (path: string, streamIndex: number) =>
  refused("media.no-such-stream", {
    message: `${path} has no audio stream ${streamIndex}.`,
    details: { path, streamIndex },
  });
