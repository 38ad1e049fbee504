// The render as a worker does it: opens the takes, plans, and writes the file.
import { join } from "node:path";
import { endFrameOf, formatTimecode, rangeBetween } from "../../shared/time/index.ts";
import type { FrameRange } from "../../shared/time/index.ts";
import { timecodeBaseOf } from "../../shared/project/index.ts";
import { blendMaskOf, placeSound, planRender, renderRange } from "../export/index.ts";
import type { FaceFrames, PlacedTake, RenderOutcome, RenderPlan } from "../export/index.ts";
import type { JobContext, JobFunctions, JsonValue } from "../jobs/index.ts";
import { openTake, takePathOf } from "../lipsync/index.ts";
import type { TakeFile } from "../lipsync/index.ts";
import { mediaSource, usualSoundCodec } from "../media/index.ts";
import type { Ffmpeg, SoundTrack } from "../media/index.ts";
import type { FfmpegFinder } from "./ffmpeg-finder.ts";
import { filePathOf } from "./media-paths.ts";
import { renderOrderSchema } from "./render-orders.ts";
import type { RenderJobOrder } from "./render-orders.ts";
import type { WorkerPlaces } from "./worker-places.ts";

export function renderJobs(places: WorkerPlaces, ffmpeg: FfmpegFinder): JobFunctions {
  return {
    "render.range": async (input, context) => {
      const order = renderOrderSchema.parse(input);
      return await render(order, { places, tools: await ffmpeg(), context });
    },
  };
}

type Surroundings = { readonly places: WorkerPlaces; readonly tools: Ffmpeg; readonly context: JobContext };

async function render(order: RenderJobOrder, { places, tools, context }: Surroundings): Promise<JsonValue> {
  const { projectFolder } = places;
  const { media, reel, range, outputPath, container, codec, crf, preset } = order;
  context.stage("opening the takes");
  await using open = new AsyncDisposableStack();
  // Before anything is rendered: a take that is gone is told of now and not after an hour.
  const faces = new Map<string, FaceFrames>();
  const takes: PlacedTake[] = [];
  for (const { contentSha256, mask, ...take } of order.takes) {
    const file = open.use(await openTake(takePathOf(join(projectFolder, "takes"), { contentSha256 })));
    const { faceSizePx } = file.header;
    faces.set(take.takeId, { faceSizePx, blendMask: blendMaskOf(mask, faceSizePx), readFrame: file.readFrame });
    takes.push({ ...take, painted: paintedBy(file) });
  }
  const plan = planRender({ range, takes, cutFrames: order.cutFrames, fadeFrames: order.fadeFrames });
  const sound = order.sound.map((choice): SoundTrack => {
    const codecOfSound = usualSoundCodec(container, choice.stream);
    const path = filePathOf(projectFolder, choice.path);
    return placeSound({ ...choice, path, codec: codecOfSound }, { reel, range });
  });
  context.stage("rendering");
  const outcome = await renderRange(
    {
      source: mediaSource(tools, filePathOf(projectFolder, media.path), media.facts),
      plan,
      takes: faces,
      sound,
      path: outputPath,
      container,
      codec,
      settings: { ...(crf === null ? {} : { crf }), ...(preset === null ? {} : { preset }) },
      startTimecode: order.startTimecode ?? undefined,
      colourMatch: order.colourMatch,
      grain: order.grain,
    },
    { signal: context.signal, onProgress: context.progress },
  );
  const [video] = outcome.facts.video;
  return {
    path: outputPath,
    codec,
    frames: video?.frameCount ?? 0,
    touchedFrames: plan.touchedFrames,
    segments: new Set(plan.layers.map(({ segmentId }) => segmentId)).size,
    startTimecode: video?.startTimecode?.label ?? null,
    audioTracks: outcome.facts.audio.length,
    warnings: warningsOf(order, plan, outcome).map((warning) => ({ ...warning })),
  };
}

/** Runs of frames that the take has a face for. */
export function paintedBy({ header, range }: TakeFile): readonly FrameRange[] {
  const runs: FrameRange[] = [];
  for (const [place, stored] of header.frames.entries()) {
    if (stored === null) continue;
    const frame = range.startFrame + place;
    const last = runs.at(-1);
    if (last && endFrameOf(last) === frame) runs[runs.length - 1] = rangeBetween(last.startFrame, frame + 1);
    else runs.push(rangeBetween(frame, frame + 1));
  }
  return runs;
}

/** "deu" for "de" and a title with its language behind it say the same in the container's own way. */
function isLoss({ tag, wanted, written }: RenderOutcome["lost"][number]): boolean {
  if (written === undefined) return true;
  if (tag === "title") return !written.startsWith(wanted);
  return tag !== "language" || wanted.includes("-");
}

type Warning = { readonly code: string; readonly message: string };

function warningsOf(order: RenderJobOrder, plan: RenderPlan, { damage, lost }: RenderOutcome): readonly Warning[] {
  const { reel, media, bareSegments } = order;
  const base = timecodeBaseOf(reel);
  const short = order.takes.filter(({ takeId, segment }) => {
    const painted = plan.layers.filter((layer) => layer.takeId === takeId);
    return painted.reduce((sum, layer) => sum + layer.range.durationFrames, 0) < segment.durationFrames;
  });
  const isVariable = media.facts.video[0]?.isConstantFrameRate === false;
  const found: (Warning | false)[] = [
    bareSegments > 0 && {
      code: "segments-without-take",
      message: `${bareSegments} of the segments show the source, for no take of theirs was chosen.`,
    },
    short.length > 0 && {
      code: "takes-short",
      message: `${short.length} of the takes have no face for some frames of their segment, which show the source; the first begins at ${formatTimecode(short[0]?.segment.startFrame ?? 0, base)}.`,
    },
    isVariable && {
      code: "variable-frame-rate",
      message: "The source's frames last differently long; here all last equally long, and sound may drift.",
    },
    damage !== undefined && {
      code: "damaged-source",
      message: `The source complained ${damage.count} times while it was read. The first: ${damage.first}`,
    },
    ...lost.filter(isLoss).map(({ tag, wanted, written, trackIndex }) => ({
      code: "lost-tag",
      message: `Audio track ${trackIndex + 1} cannot carry its ${tag} "${wanted}" in this container${written === undefined ? "" : `; it says "${written}"`}.`,
    })),
  ];
  return found.filter((each) => each !== false);
}
