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
  const { width, height, data } = frame;
  for (let row = 0; row < sizePx; row++)
    for (let column = 0; column < sizePx; column++) {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let sub = 0; sub < samples * samples; sub++) {
        const x = column + ((sub % samples) + 0.5) / samples;
        const y = row + (Math.floor(sub / samples) + 0.5) / samples;
        // Counted from the centre of the top-left pixel. Written out: this runs a million times a picture.
        const frameX = a * x + b * y + c - 0.5;
        const frameY = d * x + e * y + f - 0.5;
        const left = Math.floor(frameX);
        const top = Math.floor(frameY);
        if (left < -1 || top < -1 || left >= width || top >= height) continue;
        // A pixel outside weighs nothing; its place is moved inside, so that something is read there.
        const leftShare = left < 0 ? 0 : 1 - (frameX - left);
        const rightShare = left + 1 >= width ? 0 : frameX - left;
        const topShare = top < 0 ? 0 : 1 - (frameY - top);
        const bottomShare = top + 1 >= height ? 0 : frameY - top;
        const upper = 3 * ((top < 0 ? 0 : top) * width + (left < 0 ? 0 : left));
        const lower = upper + (topShare === 0 || bottomShare === 0 ? 0 : 3 * width);
        const across = leftShare === 0 || rightShare === 0 ? 0 : 3;
        const nw = topShare * leftShare;
        const ne = topShare * rightShare;
        const sw = bottomShare * leftShare;
        const se = bottomShare * rightShare;
        red +=
          nw * at(data, upper) + ne * at(data, upper + across) + sw * at(data, lower) + se * at(data, lower + across);
        green +=
          nw * at(data, upper + 1) +
          ne * at(data, upper + across + 1) +
          sw * at(data, lower + 1) +
          se * at(data, lower + across + 1);
        blue +=
          nw * at(data, upper + 2) +
          ne * at(data, upper + across + 2) +
          sw * at(data, lower + 2) +
          se * at(data, lower + across + 2);
      }
      const place = row * sizePx + column;
      target[place] = red * factor + black;
      target[planePx + place] = green * factor + black;
      target[2 * planePx + place] = blue * factor + black;
    }
}

const at = (data: Uint8Array, index: number): number => data[index] ?? 0;
