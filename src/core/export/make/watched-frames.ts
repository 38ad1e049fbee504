// Frames on their way from the source to the encoder: painted, labelled, and watched for what changed in them and where.
import type { VideoStreamFacts } from "../../../shared/project/index.ts";
import { containsFrame } from "../../../shared/time/index.ts";
import type { Frame, FrameRange } from "../../../shared/time/index.ts";
import { blendMask, drawHeading } from "../../faces/index.ts";
import type { FaceMask, PasteOptions } from "../../faces/index.ts";
import { decodeFrames, yuvFormatOf } from "../../media/index.ts";
import type { DamageReport, MediaSource, Plane, VideoFrame } from "../../media/index.ts";
import { compositeFrames } from "../composite.ts";
import type { FaceFrames } from "../composite.ts";
import type { RenderPlan } from "../render-plan.ts";

/** What compositing did to one frame, counted over the samples of all its planes. */
export type FrameChange = {
  readonly frameIndex: Frame;
  readonly changedSamples: number;
  readonly sampleCount: number;
  /** Changed although no mask shows anything there. Anything but 0 is a fault of ours. */
  readonly changedOutsideMask: number;
};

export type Watching = {
  readonly source: MediaSource;
  readonly plan: RenderPlan;
  readonly takes: ReadonlyMap<string, FaceFrames>;
  /** Text to burn into a frame; none when absent. */
  readonly labelOf?: ((frameIndex: Frame) => string) | undefined;
  readonly signal: AbortSignal;
  readonly onChange: (change: FrameChange) => void;
  readonly onDamage: (report: DamageReport) => void;
};

type Placed = {
  readonly frameToFace: PasteOptions["frameToFace"];
  readonly faceSizePx: number;
  readonly mask: FaceMask;
};

/** The frames of the plan's range in order; each is its taker's to dispose. Memory holds a few of them. */
export async function* watchedFrames(watching: Watching, video: VideoStreamFacts): AsyncGenerator<VideoFrame> {
  const { source, plan, labelOf, signal, onDamage } = watching;
  const frames = decodeFrames(source, { range: plan.range, streamIndex: video.streamIndex, signal, onDamage });
  // A film whose format faces cannot be pasted into still goes out where no take paints.
  const painted = plan.touchedFrames === 0 ? frames : comparedFrames(watching, frames, video);
  for await (const frame of painted) {
    if (labelOf) drawHeading(frame, video, labelOf(frame.frameIndex));
    yield frame;
  }
}

async function* comparedFrames(
  { plan, takes, onChange }: Watching,
  frames: AsyncIterable<VideoFrame>,
  video: VideoStreamFacts,
): AsyncGenerator<VideoFrame> {
  const placed = new Map<Frame, readonly Placed[]>();
  const masks = new Map<number, FaceMask>();
  const maskOf = ({ faceSizePx, blendMask: own }: FaceFrames): FaceMask => {
    const mask = own ?? masks.get(faceSizePx) ?? blendMask(faceSizePx);
    if (!own) masks.set(faceSizePx, mask);
    return mask;
  };
  const noted = new Map(
    [...takes].map(([takeId, take]): [string, FaceFrames] => [
      takeId,
      {
        ...take,
        readFrame: async (frameIndex) => {
          const made = await take.readFrame(frameIndex);
          const { faceSizePx } = take;
          const place = made && { frameToFace: made.frameToFace, faceSizePx, mask: maskOf(take) };
          if (place) placed.set(frameIndex, [...(placed.get(frameIndex) ?? []), place]);
          return made;
        },
      },
    ]),
  );
  const touched = plan.spans.filter(({ layers }) => layers.length > 0);
  const isTouched = (frameIndex: Frame) => touched.some((span: FrameRange) => containsFrame(span, frameIndex));
  let before: readonly Plane[] | undefined;
  async function* kept(): AsyncGenerator<VideoFrame> {
    for await (const frame of frames) {
      before = isTouched(frame.frameIndex)
        ? frame.planes.map((plane) => ({ ...plane, samples: plane.samples.slice() }))
        : undefined;
      yield frame;
    }
  }
  const format = yuvFormatOf(video);
  const matching = { colourMatch: "surroundings", grain: "surroundings" } as const;
  for await (const frame of compositeFrames(kept(), { plan, format, takes: noted, ...matching })) {
    if (before) {
      onChange(compareFrame(frame, before, placed.get(frame.frameIndex) ?? []));
    }
    placed.delete(frame.frameIndex);
    yield frame;
  }
}

function compareFrame(frame: VideoFrame, before: readonly Plane[], faces: readonly Placed[]): FrameChange {
  const [luma] = frame.planes;
  let [changedSamples, sampleCount, changedOutsideMask] = [0, 0, 0];
  for (const [index, plane] of frame.planes.entries()) {
    const own = before[index];
    if (!own || !luma) continue;
    sampleCount += plane.samples.length;
    const [acrossRatio, downRatio] = [luma.widthPx / plane.widthPx, luma.heightPx / plane.heightPx];
    for (let row = 0; row < plane.heightPx; row++) {
      const from = row * plane.widthPx;
      const [now, then] = [plane, own].map(({ samples }) => bytesOf(samples, from, plane.widthPx));
      if (now && then && Buffer.compare(now, then) === 0) continue;
      for (let column = 0; column < plane.widthPx; column++) {
        if (plane.samples[from + column] === own.samples[from + column]) continue;
        changedSamples += 1;
        const [x, y] = [(column + 0.5) * acrossRatio, (row + 0.5) * downRatio];
        if (!faces.some((face) => shows(face, { x, y, reachPx: Math.max(acrossRatio, downRatio) + 1 })))
          changedOutsideMask += 1;
      }
    }
  }
  return { frameIndex: frame.frameIndex, changedSamples, sampleCount, changedOutsideMask };
}

function bytesOf(samples: Uint8Array | Uint16Array, from: number, count: number): Uint8Array {
  const bytes = samples.BYTES_PER_ELEMENT;
  return new Uint8Array(samples.buffer, samples.byteOffset + from * bytes, count * bytes);
}

/** Whether the mask shows anything within `reachPx` of a place of the frame: masks are sampled between their pixels. */
function shows(
  { frameToFace: [a, b, c, d, e, f], mask, faceSizePx }: Placed,
  { x, y, reachPx }: { readonly x: number; readonly y: number; readonly reachPx: number },
): boolean {
  const perFacePx = mask.sizePx / faceSizePx;
  const reach = Math.ceil(reachPx * perFacePx * Math.max(Math.hypot(a, d), Math.hypot(b, e))) + 1;
  const [u, v] = [Math.floor((a * x + b * y + c) * perFacePx), Math.floor((d * x + e * y + f) * perFacePx)];
  for (let row = Math.max(0, v - reach); row <= Math.min(mask.sizePx - 1, v + reach); row++)
    for (let column = Math.max(0, u - reach); column <= Math.min(mask.sizePx - 1, u + reach); column++)
      if ((mask.values[row * mask.sizePx + column] ?? 0) > 0) return true;
  return false;
}
