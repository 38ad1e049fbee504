// The measuring of takes as a worker does it: each is shown over its source once, as a render would show it.
import { join } from "node:path";
import { frameToSample, intersectRanges } from "../../shared/time/index.ts";
import type { FrameRange } from "../../shared/time/index.ts";
import type { Media } from "../../shared/project/index.ts";
import { assert } from "../../shared/failure/index.ts";
import { silentLogger } from "../base/index.ts";
import { openMouthReader, openSyncNetwork, scoreTake } from "../evaluation/index.ts";
import type { ComparedFrame, MouthReader, SyncNetwork } from "../evaluation/index.ts";
import { blendMaskOf, compositeFrames, planRender } from "../export/index.ts";
import type { FaceFrames } from "../export/index.ts";
import type { JobContext, JobFunctions, JsonValue } from "../jobs/index.ts";
import { dialogueSamples, openTake, takePathOf } from "../lipsync/index.ts";
import type { Dialogue } from "../lipsync/index.ts";
import { decodeFrames, mediaSource, yuvFormatOf } from "../media/index.ts";
import type { Ffmpeg, MediaSource, VideoFrame } from "../media/index.ts";
import type { YuvFormat, YuvPicture } from "../native/index.ts";
import { allocateYuvPlanes } from "../native/index.ts";
import type { FfmpegFinder } from "./ffmpeg-finder.ts";
import { filePathOf } from "./media-paths.ts";
import { paintedBy } from "./render-jobs.ts";
import { measuredTakeSchema, scoreOrderSchema } from "./score-orders.ts";
import type { MeasuredTakeFacts, ScoreOrder } from "./score-orders.ts";
import type { WorkerPlaces } from "./worker-places.ts";

export function scoreJobs(places: WorkerPlaces, ffmpeg: FfmpegFinder): JobFunctions {
  return {
    "takes.score": async (input, context) => {
      const order = scoreOrderSchema.parse(input);
      await using open = new AsyncDisposableStack();
      const mouths = open.use(await openMouthReader("worker", silentLogger));
      const { syncNetwork: file } = order;
      const syncNetwork = file ? open.use(await openSyncNetwork(file, "worker", silentLogger)) : undefined;
      const measuring = { context, places, tools: await ffmpeg(), mouths, syncNetwork, order };
      const scores: MeasuredTakeFacts[] = [];
      for (const [index, asked] of order.takes.entries()) {
        const key = `score-${index}`;
        const known = context.pieces.get(key);
        const facts = known ? measuredTakeSchema.parse(known.facts) : await measure(asked, measuring);
        if (!known) await context.commitPiece({ key, fileNames: [], facts: plainJson(facts) });
        scores.push(facts);
        context.progress(index + 1, order.takes.length, "takes");
      }
      return { scores: scores.map(plainJson) };
    },
  };
}

type Asked = ScoreOrder["takes"][number];
type Measuring = {
  readonly context: JobContext;
  readonly places: WorkerPlaces;
  readonly tools: Ffmpeg;
  readonly mouths: MouthReader;
  readonly syncNetwork: SyncNetwork | undefined;
  readonly order: ScoreOrder;
};

const sampleRateHz = 16_000;

async function measure(asked: Asked, measuring: Measuring): Promise<MeasuredTakeFacts> {
  const { take, segment, reel, media, cutFrames } = asked;
  const { context, places, mouths, syncNetwork, order } = measuring;
  context.stage("measuring a take");
  await using file = await openTake(takePathOf(join(places.projectFolder, "takes"), take));
  const painted = paintedBy(file);
  // What of the take is ever seen.
  const [range = segment] = intersectRanges([file.range], [segment]);
  const { faceSizePx } = file.header;
  const blendMask = blendMaskOf(take.settings.more["mask"], faceSizePx);
  const faces: FaceFrames = { faceSizePx, blendMask, readFrame: file.readFrame };
  const source = sourceOf(media, measuring);
  const placed = { takeId: take.id, segmentId: take.segmentId, characterId: null, segment: range, painted };
  // Without fades: the take itself is measured.
  const plan = planRender({ range, takes: [placed], cutFrames, fadeFrames: 0 });
  const [video] = media.facts.video;
  assert(video, "a reel has a picture");
  const showing = {
    source,
    plan,
    faces,
    takeId: take.id,
    format: yuvFormatOf(video),
    cuts: new Set(cutFrames),
    context,
  };
  const { dialogue } = asked;
  const heard = {
    source: sourceOf(dialogue.media, measuring),
    mediaHash: dialogue.media.identity.mediaHash,
    ...dialogue,
  };
  const [own] = media.facts.audio;
  const original = own && {
    source,
    mediaHash: media.identity.mediaHash,
    streamIndex: own.streamIndex,
    offsetSamples: own.startOffsetSamples,
  };
  const { syncConfidence, avOffsetFrames, ...score } = await scoreTake(compared(showing), {
    frameRate: reel.frameRate,
    faceSizePx,
    blendMask,
    dialogue: await samplesUnder(heard, { range, reel, context }),
    original: original && (await samplesUnder(original, { range, reel, context })),
    mouths,
    syncNetwork,
  });
  return { takeId: take.id, syncConfidence, avOffsetFrames, score: { ...score, measuredAt: order.measuredAt } };
}

const sourceOf = (media: Media, { tools, places }: Measuring): MediaSource =>
  mediaSource(tools, filePathOf(places.projectFolder, media.path), media.facts);

type Under = { readonly range: FrameRange; readonly reel: Asked["reel"]; readonly context: JobContext };

function samplesUnder(dialogue: Dialogue, { range, reel, context }: Under): Promise<Float32Array> {
  const by = { rate: reel.frameRate, sampleRateHz, rounding: "nearest" } as const;
  const firstSample = frameToSample(range.startFrame, by);
  const endSample = frameToSample(range.startFrame + range.durationFrames, by);
  return dialogueSamples(dialogue, { firstSample, sampleCount: endSample - firstSample }, context.signal);
}

type Showing = {
  readonly source: MediaSource;
  readonly plan: ReturnType<typeof planRender>;
  readonly faces: FaceFrames;
  readonly takeId: string;
  readonly format: YuvFormat;
  readonly cuts: ReadonlySet<number>;
  readonly context: JobContext;
};

/** Each frame before and after the take was laid over it. */
async function* compared({
  source,
  plan,
  faces,
  takeId,
  format,
  cuts,
  context,
}: Showing): AsyncGenerator<ComparedFrame> {
  const before: YuvPicture = { format, planes: allocateYuvPlanes(format) };
  const keepingBefore = async function* (): AsyncGenerator<VideoFrame> {
    for await (const frame of decodeFrames(source, { range: plan.range, signal: context.signal })) {
      for (const [index, samples] of before.planes.entries()) samples.set(frame.planes[index]?.samples ?? []);
      yield frame;
    }
  };
  const takes = new Map([[takeId, faces]]);
  const look = { colourMatch: "surroundings", grain: "none" } as const;
  for await (using frame of compositeFrames(keepingBefore(), { plan, format, takes, ...look })) {
    const [luma, blue, red] = frame.planes;
    assert(luma && blue && red, "a Y'CbCr frame has three planes");
    const made = await faces.readFrame(frame.frameIndex);
    yield {
      before,
      after: { format, planes: [luma.samples, blue.samples, red.samples] },
      frameToFace: made?.frameToFace,
      beginsShot: cuts.has(frame.frameIndex),
    };
  }
}

/** Measures are JSON by their schema; this says so to the compiler. */
const plainJson = (value: MeasuredTakeFacts): JsonValue => JSON.parse(JSON.stringify(value)) as JsonValue;
