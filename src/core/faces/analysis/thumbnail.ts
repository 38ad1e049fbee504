// The thumbnail that cuts are told by, out of a decoded picture: the mean of what each of its pixels covers.
import { warpToRgb } from "../../native/index.ts";
import { glanceSize } from "../picture-change.ts";
import type { DecodedPicture } from "./decoded-picture.ts";

/** Packed R G B of `glanceSize`. */
export function thumbnailOf(picture: DecodedPicture): Uint8Array {
  const source = "data" in picture ? { widthPx: picture.width, heightPx: picture.height, rgb: picture.data } : picture;
  const { widthPx, heightPx } = "rgb" in source ? source : source.format;
  const planar = warpToRgb(source, {
    targetToFrame: [widthPx / glanceSize.widthPx, 0, 0, 0, heightPx / glanceSize.heightPx, 0],
    ...glanceSize,
    range: [0, 255],
    outside: "edge",
    filter: "linear",
  });
  const count = glanceSize.widthPx * glanceSize.heightPx;
  return Uint8Array.from({ length: 3 * count }, (_, at) =>
    Math.round(planar[(at % 3) * count + Math.floor(at / 3)] ?? 0),
  );
}
