// The media jobs as a worker does them: import a file, prepare its previews. They see files and orders, never the database.
import { contentIdentity, probeMedia } from "../media/index.ts";
import type { Ffmpeg } from "../media/index.ts";
import type { CommittedPiece, JobContext, JobFunctions, JsonValue } from "../jobs/index.ts";
import type { FfmpegFinder } from "./ffmpeg-finder.ts";
import { importedRecords } from "./import-records.ts";
import { makePreviews } from "./make-previews.ts";
import { importedRecordsSchema, importOrderSchema, prepareOrderSchema, recordsKey } from "./media-orders.ts";
import type { ImportedRecords, ImportOrder } from "./media-orders.ts";
import { filePathOf } from "./media-paths.ts";
import type { WorkerPlaces } from "./worker-places.ts";

export function mediaJobs({ projectFolder, cacheFolder }: WorkerPlaces, ffmpeg: FfmpegFinder): JobFunctions {
  const prepare = async (media: ImportedRecords["media"], tools: Ffmpeg, context: JobContext) => {
    const filePath = filePathOf(projectFolder, media.path);
    await makePreviews(
      { tools, filePath, cacheFolder, media },
      { signal: context.signal, onProgress: context.progress, onStage: context.stage },
    );
  };

  return {
    "media.import": async (input, context) => {
      const order = importOrderSchema.parse(input);
      const tools = await ffmpeg();
      const piece = context.pieces.get(recordsKey) ?? (await readFile(order, tools, { projectFolder, context }));
      const { media, reel } = importedRecordsSchema.parse(piece.facts);
      if (order.previews) await prepare(media, tools, context);
      return { mediaId: media.id, reelId: reel?.id ?? null };
    },
    "media.prepare": async (input, context) => {
      const { media } = prepareOrderSchema.parse(input);
      await prepare(media, await ffmpeg(), context);
      return {};
    },
  };
}

type Reading = { readonly projectFolder: string; readonly context: JobContext };

/** Probes the file and commits its records, which puts it before the editor long before its previews are made. */
async function readFile(
  order: ImportOrder,
  tools: Ffmpeg,
  { projectFolder, context }: Reading,
): Promise<CommittedPiece> {
  context.stage("reading the file");
  const filePath = filePathOf(projectFolder, order.path);
  const facts = await probeMedia(tools, filePath, { signal: context.signal });
  const identity = await contentIdentity(filePath, facts);
  const records = importedRecords(order, { facts, identity });
  return await context.commitPiece({ key: recordsKey, fileNames: [], facts: plainJson(records) });
}

/** Records are JSON by their schemas; this says so to the compiler, and drops fields that are there but undefined. */
const plainJson = (value: ImportedRecords): JsonValue => JSON.parse(JSON.stringify(value)) as JsonValue;
