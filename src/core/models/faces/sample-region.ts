// The picture a face network sees: part of a frame, turned, scaled and normalized in one pass.
import { warpToRgb } from "../../native/index.ts";
import type { YuvPicture } from "../../native/index.ts";
import type { Affine } from "./affine.ts";

/** RGB bytes, height x width x 3. */
export type RgbFrame = { readonly width: number; readonly height: number; readonly data: Uint8Array };

export type RegionPicture = {
  readonly toFrame: Affine;
  readonly sizePx: number;
  /** What black and white become: [-1, 1] for the detector, [0, 1] for the mesh. */
  readonly range: readonly [black: number, white: number];
};

/**
 * Fills `target` [3, size, size], one item of a batch. Each pixel is a mean over the pixels of the frame that it covers, so
 * that a large frame does not flicker when it is made small; outside the frame is black. Planes of Y'CbCr as they were
 * decoded are the quickest source: a frame need not become RGB for a look at a part of it.
 */
export function sampleRegion(frame: RgbFrame | YuvPicture, picture: RegionPicture, target: Float32Array): void {
  const { toFrame, sizePx, range } = picture;
  const source = "data" in frame ? { widthPx: frame.width, heightPx: frame.height, rgb: frame.data } : frame;
  warpToRgb(source, {
    targetToFrame: toFrame,
    widthPx: sizePx,
    heightPx: sizePx,
    range,
    outside: range[0],
    filter: "linear",
    into: target,
  });
}
