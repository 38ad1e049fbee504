// The jobs of shots and faces as a worker does them. They see files and orders, never the database.
import { join } from "node:path";
import { createId } from "../../shared/project/index.ts";
import type { FaceTrack, Shot } from "../../shared/project/index.ts";
import { analyseReel, openFaceNetworks, summariseTrack, writeTrackFile } from "../faces/index.ts";
import type { AnalysedShot } from "../faces/index.ts";
import type { JobContext, JobFunctions, JsonValue } from "../jobs/index.ts";
import { mediaSource } from "../media/index.ts";
import { analyseOrderSchema, analysisKey, analysisSchema } from "./face-orders.ts";
import type { Analysis, AnalyseOrder } from "./face-orders.ts";
import type { FfmpegFinder } from "./ffmpeg-finder.ts";
import { filePathOf } from "./media-paths.ts";
import { writeFaceOverlay } from "./overlay-job.ts";
import type { WorkerPlaces } from "./worker-places.ts";

export function faceJobs(places: WorkerPlaces, ffmpeg: FfmpegFinder): JobFunctions {
  const analyse = async (input: JsonValue, context: JobContext, what: "shots" | "faces"): Promise<Analysis> => {
    const known = context.pieces.get(analysisKey);
    if (known) return analysisSchema.parse(known.facts);
    const order = analyseOrderSchema.parse(input);
    const analysis = await runAnalysis(order, { places, ffmpeg, context, what });
    await context.commitPiece({ key: analysisKey, fileNames: [], facts: plainJson(analysis) });
    return analysis;
  };
  return {
    "shots.detect": async (input, context) => {
      const { reelId, shots } = await analyse(input, context, "shots");
      return { reelId, shots: shots?.length ?? 0 };
    },
    "faces.track": async (input, context) => {
      const { reelId, shots, tracks, missingFrames } = await analyse(input, context, "faces");
      const { cutFrames } = analyseOrderSchema.parse(input);
      return {
        reelId,
        shots: shots?.length ?? (cutFrames?.length ?? 0) + 1,
        tracks: tracks?.length ?? 0,
        missingFrames,
      };
    },
    "faces.overlay": (input, context) => writeFaceOverlay(input, { places, ffmpeg, context }),
  };
}

type Running = {
  readonly places: WorkerPlaces;
  readonly ffmpeg: FfmpegFinder;
  readonly context: JobContext;
  readonly what: "shots" | "faces";
};

/** What was seen lies in the cache by the content of the media, so that every version and every copy of it is served. */
const seenFolder = (cacheFolder: string, { media, streamIndex }: AnalyseOrder): string => {
  const { mediaHash } = media.identity;
  return join(cacheFolder, "faces", mediaHash.slice(0, 2), `${mediaHash}-${streamIndex}`);
};

async function runAnalysis(order: AnalyseOrder, { places, ffmpeg, context, what }: Running): Promise<Analysis> {
  const { media, reelId, streamIndex, limits, replace } = order;
  const filePath = filePathOf(places.projectFolder, media.path);
  const shots: Shot[] = [];
  const tracks: FaceTrack[] = [];
  const take = async (shot: AnalysedShot): Promise<void> => {
    shots.push(shotRecord(shot, { reelId, context, isGiven: order.cutFrames !== null }));
    if (what === "shots") return;
    for (const { startFrame, geometry } of shot.tracks) {
      const { eligibleFrames, medianFaceSizePx } = summariseTrack(geometry, limits);
      tracks.push({
        type: "face-track",
        id: createId("face-track", context.random.bytes),
        reelId,
        startFrame,
        durationFrames: geometry.frameCount,
        characterId: null,
        geometrySha256: await writeTrackFile(places.tracksFolder, geometry),
        decidedBy: "detector",
        eligibleFrames,
        medianFaceSizePx,
      });
    }
  };
  const { concealedFrames } = await analyseReel(
    {
      source: mediaSource(await ffmpeg(), filePath, media.facts),
      streamIndex,
      cacheFolder: seenFolder(places.cacheFolder, order),
      openNetworks: () => openFaceNetworks("worker", context.log),
      cutFrames: order.cutFrames ?? undefined,
      signal: context.signal,
      onProgress: context.progress,
      onStage: context.stage,
    },
    take,
  );
  if (concealedFrames > 0)
    context.log.warn(
      `${concealedFrames} frames of the picture could not be decoded; each was taken for its neighbour.`,
    );
  return {
    reelId,
    shots: order.cutFrames === null ? shots : null,
    tracks: what === "faces" ? tracks : null,
    missingFrames: concealedFrames,
    replace,
  };
}

type ShotPlace = { readonly reelId: Shot["reelId"]; readonly context: JobContext; readonly isGiven: boolean };

function shotRecord({ range, opensWith }: AnalysedShot, { reelId, context, isGiven }: ShotPlace): Shot {
  return {
    type: "shot",
    id: createId("shot", context.random.bytes),
    reelId,
    startFrame: range.startFrame,
    durationFrames: range.durationFrames,
    opensWith: range.startFrame === 0 ? "start" : (opensWith ?? "cut"),
    decidedBy: isGiven ? "editor" : "detector",
  };
}

/** Records are JSON by their schemas; this says so to the compiler. */
const plainJson = (value: Analysis): JsonValue => JSON.parse(JSON.stringify(value)) as JsonValue;
