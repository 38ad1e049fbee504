// What the world says about a project's files before a batch is planned: what is gone, what holds something else now.
import { join } from "node:path";
import { DubError } from "../../shared/failure/index.ts";
import type { Media, ProjectView, RecordId, Take } from "../../shared/project/index.ts";
import type { WorldFacts } from "../export/index.ts";
import { takePathOf } from "../lipsync/index.ts";
import { contentIdentity, writableCodecs } from "../media/index.ts";
import type { Ffmpeg } from "../media/index.ts";
import { isThere } from "./existing-files.ts";
import { filePathOf } from "./media-paths.ts";

type Asking = { readonly view: ProjectView; readonly folder: string; readonly tools: Ffmpeg };

/** Reads three MiB of every media file and looks for every chosen take. */
export async function examineWorld({ view, folder, tools }: Asking): Promise<WorldFacts> {
  const gone = new Set<RecordId<"media">>();
  const changed = new Set<RecordId<"media">>();
  for (const media of view.list("media")) {
    const found = await mediaHashOf(media, filePathOf(folder, media.path));
    if (found === undefined) gone.add(media.id);
    else if (found !== media.identity.mediaHash) changed.add(media.id);
  }
  const goneTakes = new Set<string>();
  for (const { contentSha256 } of chosenTakes(view))
    if (!(await isThere(takePathOf(join(folder, "takes"), { contentSha256 })))) goneTakes.add(contentSha256);
  return { writableCodecs: writableCodecs(tools), ffmpegVersion: tools.version, gone, changed, goneTakes };
}

const chosenTakes = (view: ProjectView): readonly Take[] =>
  view.list("segment").flatMap(({ selectedTakeId }) => {
    const take = selectedTakeId === null ? undefined : view.get("take", selectedTakeId);
    return take ? [take] : [];
  });

async function mediaHashOf(media: Media, path: string): Promise<string | undefined> {
  try {
    return (await contentIdentity(path, media.facts)).mediaHash;
  } catch (error) {
    if (error instanceof DubError && error.code === "media.not-found") return undefined;
    throw error;
  }
}
