// The thumbnail that cuts are told by, out of a decoded picture: the mean of a few samples spread evenly over each cell.
import type { RgbFrame } from "../../models/index.ts";
import { glanceSize } from "../picture-change.ts";

/** Samples a cell and axis: enough that noise goes, few enough that a frame costs half a millisecond. */
const mostSamples = 6;

/** Packed R G B of `glanceSize`. */
export function thumbnailOf({ width, height, data }: RgbFrame): Uint8Array {
  const { widthPx, heightPx } = glanceSize;
  const thumbnail = new Uint8Array(3 * widthPx * heightPx);
  const columns = samplePlaces(width, widthPx);
  const rows = samplePlaces(height, heightPx);
  for (let row = 0; row < heightPx; row++)
    for (let column = 0; column < widthPx; column++) {
      let [red, green, blue] = [0, 0, 0];
      const [xs, ys] = [columns[column] ?? [], rows[row] ?? []];
      for (const y of ys)
        for (const x of xs) {
          const at = 3 * (y * width + x);
          red += data[at] ?? 0;
          green += data[at + 1] ?? 0;
          blue += data[at + 2] ?? 0;
        }
      const count = xs.length * ys.length;
      const place = 3 * (row * widthPx + column);
      thumbnail[place] = Math.round(red / count);
      thumbnail[place + 1] = Math.round(green / count);
      thumbnail[place + 2] = Math.round(blue / count);
    }
  return thumbnail;
}

/** For each of `cells` along an axis the pixels that are looked at. */
function samplePlaces(sidePx: number, cells: number): readonly (readonly number[])[] {
  const samples = Math.min(mostSamples, Math.max(1, Math.ceil(sidePx / cells)));
  return Array.from({ length: cells }, (_, cell) =>
    Array.from({ length: samples }, (_sample, sample) =>
      Math.min(sidePx - 1, Math.floor(((cell + (sample + 0.5) / samples) * sidePx) / cells)),
    ),
  );
}
