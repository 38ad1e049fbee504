// Takes over the source, frame by frame: at full size and depth, in the source's own Y'CbCr, inside the masks and nowhere else.
import { assert } from "../../shared/failure/index.ts";
import type { Frame } from "../../shared/time/index.ts";
import { blendMask, pasteBack } from "../faces/index.ts";
import type { FaceMask, FloatPicture, PasteOptions } from "../faces/index.ts";
import type { VideoFrame } from "../media/index.ts";
import type { YuvFormat, YuvPicture } from "../native/index.ts";
import { mixFades } from "./render-plan.ts";
import type { RenderLayer, RenderPlan } from "./render-plan.ts";

/** A take as compositing reads it. */
export type FaceFrames = {
  readonly faceSizePx: number;
  /** Where it is taken over the frame; the usual one when absent. */
  readonly blendMask?: FaceMask;
  readonly readFrame: (
    frameIndex: Frame,
  ) => Promise<{ readonly face: FloatPicture; readonly frameToFace: PasteOptions["frameToFace"] } | undefined>;
};

type Compositing = {
  readonly plan: RenderPlan;
  readonly format: YuvFormat;
  /** By the layers' `takeId`. */
  readonly takes: ReadonlyMap<string, FaceFrames>;
  readonly colourMatch: PasteOptions["colourMatch"];
  readonly grain: "surroundings" | "none";
};

type ReadFace = Awaited<ReturnType<FaceFrames["readFrame"]>>;
type Painting = { readonly layer: RenderLayer; readonly take: FaceFrames; readonly reading: Promise<[Outcome]> };
// A face that nobody comes to ask for, because the render has failed before, must not fail unheard.
type Outcome = PromiseSettledResult<ReadFace>;

/** A seed for each plane of each frame: grain that stands still is seen as dirt. */
const grainSeeds = 3;

/** Faces that are read from the disk while the frames before theirs are painted and encoded. */
const facesAhead = 4;

/**
 * Yields the same frames in the same order, painted in place; what no layer holds passes through untouched. Memory holds a
 * few faces, whatever the length. Each frame is its taker's to dispose.
 */
export async function* compositeFrames(
  frames: AsyncIterable<VideoFrame>,
  compositing: Compositing,
): AsyncGenerator<VideoFrame> {
  const { format } = compositing;
  const masks = new Map<number, FaceMask>();
  const maskOf = (take: FaceFrames): FaceMask => {
    if (take.blendMask) return take.blendMask;
    const usual = masks.get(take.faceSizePx) ?? blendMask(take.faceSizePx);
    masks.set(take.faceSizePx, usual);
    return usual;
  };
  const readings = readAhead(compositing);
  for await (const frame of frames) {
    const { done, value: paintings } = readings.next();
    assert(done !== true, "the plan covers every frame that is decoded");
    for (const { layer, take, reading } of paintings) {
      const [outcome] = await reading;
      if (outcome.status === "rejected") throw outcome.reason;
      const made = outcome.value;
      if (!made) continue;
      pasteBack(yuvPictureOf(format, frame), {
        ...made,
        blendMask: maskOf(take),
        colourMatch: compositing.colourMatch,
        grain: compositing.grain === "surroundings" ? { seed: grainSeeds * frame.frameIndex } : "none",
        shownRatio: mixFades(layer, frame.frameIndex),
      });
    }
    yield frame;
  }
}

/** What paints each frame of the plan, with the reading of its faces begun a few frames early. */
function* readAhead({ plan, takes }: Compositing): Generator<readonly Painting[]> {
  const waiting: (readonly Painting[])[] = [];
  for (const span of plan.spans) {
    for (let place = 0; place < span.durationFrames; place++) {
      const frameIndex = span.startFrame + place;
      waiting.push(span.layers.map((layer) => begin(layer, frameIndex, takes)));
      const next = waiting.length > facesAhead ? waiting.shift() : undefined;
      if (next) yield next;
    }
  }
  yield* waiting;
}

function begin(layer: RenderLayer, frameIndex: Frame, takes: Compositing["takes"]): Painting {
  const take = takes.get(layer.takeId);
  assert(take !== undefined, `the take ${layer.takeId} of the plan is open`);
  return { layer, take, reading: Promise.allSettled([take.readFrame(frameIndex)]) };
}

/** A decoded frame as the kernels name it: the same memory, without its alpha if it has any. */
function yuvPictureOf(format: YuvFormat, { planes }: VideoFrame): YuvPicture {
  const [luma, blue, red] = planes;
  assert(luma && blue && red, "a Y'CbCr frame has three planes");
  return { format, planes: [luma.samples, blue.samples, red.samples] };
}
