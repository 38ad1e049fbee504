// The main job as a worker does it: takes for segments, each recorded when it is whole, each window when it is finished.
import { join } from "node:path";
import { takeSettingsOf } from "../../shared/project/index.ts";
import { assert } from "../../shared/failure/index.ts";
import { killPoint, silentLogger } from "../base/index.ts";
import { readTrackFile } from "../faces/index.ts";
import type { CommittedPiece, JobContext, JobFunctions, JsonValue } from "../jobs/index.ts";
import {
  addWork,
  batchSizes,
  facePathOf,
  fileCache,
  findLipsyncModel,
  forgetWindows,
  generateTake,
  lipsyncNetworks,
  noWork,
  runBytesOf,
  verifyTake,
  workDoneSchema,
} from "../lipsync/index.ts";
import type { LipsyncNetworks, StageSeconds, TakeOrder, TakeTools } from "../lipsync/index.ts";
import { mediaSource } from "../media/index.ts";
import type { Ffmpeg } from "../media/index.ts";
import { openRuntime } from "../onnx/index.ts";
import type { Runtime } from "../onnx/index.ts";
import type { FfmpegFinder } from "./ffmpeg-finder.ts";
import { generateOrderSchema, madeTakeSchema, takePieceKey, windowPieceKey } from "./generate-order.ts";
import type { GenerateOrder, MadeTakeFacts, SegmentOrder } from "./generate-order.ts";
import { filePathOf } from "./media-paths.ts";
import type { WorkerPlaces } from "./worker-places.ts";

export function lipsyncJobs(places: WorkerPlaces, ffmpeg: FfmpegFinder): JobFunctions {
  const models = warmModels();
  return {
    "segments.generate": async (input, context) => {
      const order = generateOrderSchema.parse(input);
      const networks = await models(order);
      return await makeTakes(order, { context, networks, places, tools: await ffmpeg() });
    },
  };
}

/** The sessions of the model that was used last stay open: the next take begins at once. */
function warmModels() {
  let runtime: Promise<Runtime> | undefined;
  let warm: { readonly name: string; readonly networks: LipsyncNetworks } | undefined;
  return async ({ storeFolder, model, provider }: GenerateOrder): Promise<LipsyncNetworks> => {
    const name = `${model} on ${provider}`;
    if (warm?.name === name) return warm.networks;
    await warm?.networks[Symbol.asyncDispose]();
    warm = undefined;
    runtime ??= openRuntime({ role: "worker", logger: silentLogger });
    const files = await findLipsyncModel(storeFolder, model);
    const networks = lipsyncNetworks(files, {
      runtime: await runtime,
      ...(provider !== null && { providers: [provider] }),
    });
    warm = { name, networks };
    return networks;
  };
}

type Making = {
  readonly context: JobContext;
  readonly networks: LipsyncNetworks;
  readonly places: WorkerPlaces;
  readonly tools: Ffmpeg;
};

async function makeTakes(order: GenerateOrder, making: Making): Promise<JsonValue> {
  const { context, networks } = making;
  const takes: JsonValue[] = [];
  let seconds: StageSeconds | undefined;
  for (const [segmentAt, segment] of order.segments.entries()) {
    const known = context.pieces.get(takePieceKey(segmentAt));
    const made = known ? { piece: known } : await makeTake(order, { segment, segmentAt }, making);
    const { takeId, segmentId, faceFrames } = madeTakeSchema.parse(made.piece.facts);
    takes.push({ takeId, segmentId, faceFrames, contentSha256: made.piece.files[0]?.sha256 ?? "" });
    if ("seconds" in made) seconds = addSeconds(seconds, made.seconds);
  }
  const counted = [...context.pieces].filter(([key]) => key.startsWith("window-"));
  const work = counted.map(([, { facts }]) => workDoneSchema.parse(facts)).reduce(addWork, noWork);
  return { takes, work, seconds: { ...seconds }, provider: networks.provider() ?? "" };
}

const addSeconds = (a: StageSeconds | undefined, b: StageSeconds): StageSeconds =>
  a
    ? {
        faces: a.faces + b.faces,
        sound: a.sound + b.sound,
        denoise: a.denoise + b.denoise,
        decode: a.decode + b.decode,
        store: a.store + b.store,
      }
    : b;

type Which = { readonly segment: SegmentOrder; readonly segmentAt: number };
type MadePiece = { readonly piece: CommittedPiece; readonly seconds: StageSeconds };

async function makeTake(order: GenerateOrder, { segment, segmentAt }: Which, making: Making): Promise<MadePiece> {
  const { context, networks, places } = making;
  const takeOrder = await takeOrderOf(order, segment, making);
  const fileName = `${takePieceKey(segmentAt)}.take`;
  const tools: TakeTools = {
    networks,
    cache: fileCache(places.cacheFolder),
    batches: batchesFor(order, networks, context.attempt),
    clock: context.clock,
    log: context.log,
    signal: context.signal,
    ...progressOf(order, segmentAt, context),
    onWindow: async ({ index }, work) => {
      killPoint("lipsync.window.kept");
      await context.commitPiece({ key: windowPieceKey(segmentAt, index), fileNames: [], facts: work });
    },
  };
  const made = await generateTake(takeOrder, join(context.folder, fileName), tools);
  killPoint("lipsync.take.written");
  const facts: MadeTakeFacts = {
    takeId: segment.takeId,
    segmentId: segment.segmentId,
    settings: takeSettingsOf(order.settings, networks.files.modelHash),
    startFrame: segment.startFrame,
    durationFrames: segment.durationFrames,
    createdAt: order.createdAt,
    faceFrames: made.faceFrames,
  };
  const piece = await context.commitPiece({
    key: takePieceKey(segmentAt),
    fileNames: [fileName],
    facts,
    verify: async (path) => {
      const faces = await verifyTake(path);
      assert(faces === made.faceFrames, `a take of ${made.faceFrames} faces holds ${faces}`);
    },
  });
  killPoint("lipsync.take.recorded");
  await forgetWindows(takeOrder, tools);
  return { piece, seconds: made.seconds };
}

/** Frames of all segments together, so that one bar tells of the whole job. */
function progressOf({ segments }: GenerateOrder, segmentAt: number, { progress, stage }: JobContext) {
  const durationOf = (some: readonly SegmentOrder[]) => some.reduce((sum, each) => sum + each.durationFrames, 0);
  const [before, all] = [durationOf(segments.slice(0, segmentAt)), durationOf(segments)];
  const own = segments[segmentAt];
  const of = segments.length > 1 ? `${segmentAt + 1} of ${segments.length} at ${own?.title}: ` : "";
  return {
    // Of a segment, the frames with a face are counted; the rest passes through.
    onProgress: (done: number, total: number, unit: string) =>
      progress(before + (total > 0 ? Math.floor((done / total) * (own?.durationFrames ?? 0)) : 0), all, unit),
    onStage: (phrase: string) => stage(of + phrase),
  };
}

function batchesFor({ provider }: GenerateOrder, { files }: LipsyncNetworks, attempt: number) {
  const isOnProcessor = provider === "cpu" || provider === null;
  return batchSizes(runBytesOf(files.config), isOnProcessor ? process.availableMemory() : undefined, attempt);
}

async function takeOrderOf(order: GenerateOrder, segment: SegmentOrder, making: Making): Promise<TakeOrder> {
  const { networks, places, tools } = making;
  const mediaOf = (mediaId: string) => {
    const media = order.media[mediaId];
    assert(media, `the order holds the facts of ${mediaId}`);
    const source = mediaSource(tools, filePathOf(places.projectFolder, media.path), media.facts);
    return { source, mediaHash: media.mediaHash };
  };
  const tracks = [];
  for (const { startFrame, geometrySha256 } of segment.tracks)
    tracks.push({ startFrame, geometry: await readTrackFile(order.tracksFolder, geometrySha256) });
  const faces = facePathOf(tracks, {
    range: { startFrame: segment.startFrame, durationFrames: segment.durationFrames },
    frameRate: segment.frameRate,
    faceSizePx: networks.files.config.faceSizePx,
    shotStarts: segment.shotStarts,
    limits: order.limits,
  });
  const { mediaId, streamIndex, offsetSamples } = segment.dialogue;
  return {
    picture: { ...mediaOf(segment.pictureMediaId), streamIndex: segment.pictureStreamIndex },
    frameRate: segment.frameRate,
    faces,
    dialogue: { ...mediaOf(mediaId), streamIndex, offsetSamples },
    settings: order.settings,
  };
}
