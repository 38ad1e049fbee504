// Where to play a media file and read its thumbnails and waveforms, and how far they are.
import type { AnswerOf } from "../../shared/contract/index.ts";
import { mustGet } from "../../shared/project/index.ts";
import type { MediaFacts, RecordId } from "../../shared/project/index.ts";
import { readThumbnailLayout } from "../media/index.ts";
import { resourcePath } from "./core.ts";
import { isThere } from "./existing-files.ts";
import { filePathOf } from "./media-paths.ts";
import type { OpenedProject } from "./opened-project.ts";
import { previewFiles } from "./preview-files.ts";
import type { ResourceTable } from "./resource-table.ts";

type Previews = AnswerOf<"media.previews">;
type State = Previews["proxy"]["state"];

/** Sound without a picture is played from its own file, where players know its container. */
const soundTypes: Partial<Record<MediaFacts["container"]["kind"], string>> = {
  wav: "audio/wav",
  mp3: "audio/mpeg",
  flac: "audio/flac",
  ogg: "audio/ogg",
  mp4: "audio/mp4",
  webm: "audio/webm",
};

type Surroundings = { readonly opened: OpenedProject; readonly resources: ResourceTable };

export async function findPreviews(mediaId: RecordId<"media">, { opened, resources }: Surroundings): Promise<Previews> {
  const { project } = opened;
  const media = mustGet(project.view, "media", mediaId);
  const files = previewFiles(project.paths.cache, media);
  const stateOfAbsent = stateByJobs(opened, mediaId);
  const filePath = filePathOf(project.paths.folder, media.path);
  const preview = async (path: string | undefined, contentType: string | undefined) => {
    if (path === undefined || contentType === undefined) return { state: "missing", url: null } as const;
    if (!(await isThere(path))) return { state: stateOfAbsent, url: null };
    return { state: "ready", url: resourcePath(resources.idFor(path, contentType)) } as const;
  };
  const layout = await readLayout(files.picture?.thumbnailsLayout);
  // The layout is written last: without it the strip is still in the making.
  const thumbnails = layout ? files.picture?.thumbnails : files.picture?.thumbnailsLayout;
  return {
    mediaId,
    isOnline: await isThere(filePath),
    proxy: files.picture
      ? await preview(files.picture.proxy, "video/mp4")
      : await preview(filePath, soundTypes[media.facts.container.kind]),
    thumbnails: { ...(await preview(thumbnails, "image/jpeg")), layout },
    peaks: await Promise.all(
      files.peaks.map(async ({ streamIndex, path }) => ({
        streamIndex,
        ...(await preview(path, "application/octet-stream")),
      })),
    ),
  };
}

/** What the latest job about a media file says of a preview that isn't there. */
function stateByJobs({ project }: OpenedProject, mediaId: string): State {
  const latest = project.jobs.list({ labels: { mediaId }, limit: 1 }).at(-1);
  if (latest === undefined || latest.state === "done" || latest.state === "cancelled") return "missing";
  return latest.state === "failed" ? "failed" : "preparing";
}

async function readLayout(path: string | undefined): Promise<Previews["thumbnails"]["layout"]> {
  if (path === undefined || !(await isThere(path))) return null;
  const { columns, widthPx, heightPx, stepFrames, count } = await readThumbnailLayout(path);
  return { columns, widthPx, heightPx, stepFrames, count };
}
