// Where to play a media file and read its thumbnails and waveforms, and how far they are.
import { readFile } from "node:fs/promises";
import type { AnswerOf } from "../../shared/contract/index.ts";
import { mustGet } from "../../shared/project/index.ts";
import type { RecordId } from "../../shared/project/index.ts";
import { resourcePath } from "./core.ts";
import { isThere } from "./existing-files.ts";
import { filePathOf } from "./media-paths.ts";
import type { OpenedProject } from "./opened-project.ts";
import { previewFiles } from "./preview-files.ts";
import type { ResourceTable } from "./resource-table.ts";
import { thumbnailsLayoutSchema } from "./thumbnails-layout.ts";

type Previews = AnswerOf<"media.previews">;
type State = Previews["proxy"]["state"];

type Surroundings = { readonly opened: OpenedProject; readonly resources: ResourceTable };

export async function findPreviews(mediaId: RecordId<"media">, { opened, resources }: Surroundings): Promise<Previews> {
  const { project } = opened;
  const media = mustGet(project.view, "media", mediaId);
  const files = previewFiles(project.paths.cache, media);
  const stateOfAbsent = stateByJobs(opened, mediaId);
  const preview = async (path: string | undefined, contentType: string) => {
    if (path === undefined) return { state: "missing", url: null } as const;
    if (!(await isThere(path))) return { state: stateOfAbsent, url: null };
    return { state: "ready", url: resourcePath(resources.idFor(path, contentType)) } as const;
  };
  return {
    mediaId,
    isOnline: await isThere(filePathOf(project.paths.folder, media.path)),
    proxy: await preview(files.proxy, "video/mp4"),
    thumbnails: {
      ...(await preview(files.thumbnails, "image/jpeg")),
      layout: await readLayout(files.thumbnailsLayout),
    },
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
  return thumbnailsLayoutSchema.parse(JSON.parse(await readFile(path, "utf8")));
}
