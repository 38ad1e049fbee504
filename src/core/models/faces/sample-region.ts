// The picture a face network sees: part of a frame, turned, scaled and normalized in one pass.
import { assert } from "../../../shared/failure/index.ts";
import { affineScale } from "./affine.ts";
import type { Affine } from "./affine.ts";

/** RGB bytes, height x width x 3. */
export type RgbFrame = { readonly width: number; readonly height: number; readonly data: Uint8Array };

export type RegionPicture = {
  readonly toFrame: Affine;
  readonly sizePx: number;
  /** What black and white become: [-1, 1] for the detector, [0, 1] for the mesh. */
  readonly range: readonly [black: number, white: number];
};

/** Enough samples that none of the frame's pixels is skipped by much, few enough to stay quick on 4K. */
const maxSamplesPerAxis = 4;

/**
 * Fills `target` [3, size, size], one item of a batch. Each pixel is the mean of evenly spread bilinear samples, so that
 * a large frame does not flicker when it is made small; outside the frame is black.
 */
export function sampleRegion(frame: RgbFrame, picture: RegionPicture, target: Float32Array): void {
  const { toFrame, sizePx, range } = picture;
  const planePx = sizePx * sizePx;
  assert(target.length === 3 * planePx, `a picture of ${sizePx} px has ${3 * planePx} values, not ${target.length}`);
  assert(frame.data.length === 3 * frame.width * frame.height, "the frame's bytes fit its size");
  const samples = Math.min(Math.max(Math.ceil(affineScale(toFrame) / 2), 1), maxSamplesPerAxis);
  const [a, b, c, d, e, f] = toFrame;
  const [black, white] = range;
  const factor = (white - black) / 255 / (samples * samples);
  const sum = new Float64Array(3);
  for (let row = 0; row < sizePx; row++)
    for (let column = 0; column < sizePx; column++) {
      sum.fill(0);
      for (let sub = 0; sub < samples * samples; sub++) {
        const x = column + ((sub % samples) + 0.5) / samples;
        const y = row + (Math.floor(sub / samples) + 0.5) / samples;
        addBilinear(frame, { x: a * x + b * y + c, y: d * x + e * y + f }, sum);
      }
      const at = row * sizePx + column;
      target[at] = (sum[0] ?? 0) * factor + black;
      target[planePx + at] = (sum[1] ?? 0) * factor + black;
      target[2 * planePx + at] = (sum[2] ?? 0) * factor + black;
    }
}

function addBilinear({ width, height, data }: RgbFrame, place: { x: number; y: number }, sum: Float64Array): void {
  const x = place.x - 0.5;
  const y = place.y - 0.5;
  const left = Math.floor(x);
  const top = Math.floor(y);
  if (left < -1 || top < -1 || left >= width || top >= height) return;
  const [rightShare, bottomShare] = [x - left, y - top];
  for (let corner = 0; corner < 4; corner++) {
    const column = left + (corner & 1);
    const row = top + (corner >> 1);
    if (column < 0 || row < 0 || column >= width || row >= height) continue;
    const share =
      ((corner & 1) === 1 ? rightShare : 1 - rightShare) * (corner >> 1 === 1 ? bottomShare : 1 - bottomShare);
    const at = 3 * (row * width + column);
    sum[0] = (sum[0] ?? 0) + share * (data[at] ?? 0);
    sum[1] = (sum[1] ?? 0) + share * (data[at + 1] ?? 0);
    sum[2] = (sum[2] ?? 0) + share * (data[at + 2] ?? 0);
  }
}
