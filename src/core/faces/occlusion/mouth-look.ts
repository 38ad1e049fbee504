// What the lower face looks like in one frame, and which of a track's frames show something else there: a hand, a glass, a
// microphone. Nobody has to say what it is; it is enough that it is not how this face looks.
import { assert } from "../../../shared/failure/index.ts";
import { applyAffine, invertAffine } from "../../models/index.ts";
import type { Affine } from "../../models/index.ts";
import { composeAffines } from "../affine.ts";
import { alignFace } from "../align-face.ts";
import type { HeadLook } from "../motion/head-motion.ts";

/** The aligned face is read at this size. */
const facePx = 64;
/** Cells over the part that the networks paint (rows 24 to 60 of 64), and the band of eyes that says how light it is. */
const cells = { columns: 6, rows: 4, widthPx: 8, heightPx: 9, leftPx: 8, topPx: 24 } as const;
const band = { leftPx: 12, rightPx: 52, topPx: 8, bottomPx: 22 } as const;
const featuresPerCell = 5;

export const mouthLookLength = cells.columns * cells.rows * featuresPerCell;

/**
 * Per cell lightness, two differences of colour, and how much there changes across and down; all as shares of how light the
 * eyes' band is. Undefined where the face lies so that nothing can be read.
 */
export function mouthLookOf({ picture, sizePx, pictureToFrame, anchors }: HeadLook): Float32Array | undefined {
  const frameToPicture = invertAffine(pictureToFrame);
  const faceToFrame = invertAffine(alignFace(anchors, facePx).frameToFace);
  if (!frameToPicture || !faceToFrame) return undefined;
  const face = sampled({ picture, sizePx }, composeAffines(faceToFrame, frameToPicture));
  let [light, count] = [0, 0];
  for (let row = band.topPx; row < band.bottomPx; row++)
    for (let column = band.leftPx; column < band.rightPx; column++) {
      light += lightAt(face, row * facePx + column);
      count += 1;
    }
  const usual = light / count;
  if (!(usual > 0.01)) return undefined;
  const look = new Float32Array(mouthLookLength);
  for (let row = 0; row < cells.rows * cells.heightPx; row++)
    for (let column = 0; column < cells.columns * cells.widthPx; column++) {
      const pixel = (cells.topPx + row) * facePx + cells.leftPx + column;
      const cell = Math.floor(row / cells.heightPx) * cells.columns + Math.floor(column / cells.widthPx);
      const [here, weight] = [lightAt(face, pixel), 1 / (usual * cells.widthPx * cells.heightPx)];
      const features = [
        here,
        (face[pixel] ?? 0) - here,
        (face[2 * facePx * facePx + pixel] ?? 0) - here,
        Math.abs(lightAt(face, pixel + 1) - lightAt(face, pixel - 1)),
        Math.abs(lightAt(face, pixel + facePx) - lightAt(face, pixel - facePx)),
      ];
      for (const [feature, value] of features.entries()) {
        const at = cell * featuresPerCell + feature;
        look[at] = (look[at] ?? 0) + weight * value;
      }
    }
  return look;
}

const lightAt = (face: Float32Array, pixel: number): number => {
  const plane = facePx * facePx;
  return 0.3 * (face[pixel] ?? 0) + 0.59 * (face[plane + pixel] ?? 0) + 0.11 * (face[2 * plane + pixel] ?? 0);
};

/** [3, facePx, facePx]; black beyond the picture. */
function sampled({ picture, sizePx }: Pick<HeadLook, "picture" | "sizePx">, faceToPicture: Affine): Float32Array {
  const face = new Float32Array(3 * facePx * facePx);
  for (let pixel = 0; pixel < facePx * facePx; pixel++) {
    const place = { x: (pixel % facePx) + 0.5, y: Math.floor(pixel / facePx) + 0.5 };
    const { x, y } = applyAffine(faceToPicture, place);
    const [left, top] = [Math.floor(x - 0.5), Math.floor(y - 0.5)];
    if (left < 0 || top < 0 || left >= sizePx - 1 || top >= sizePx - 1) continue;
    const [across, down] = [x - 0.5 - left, y - 0.5 - top];
    for (let channel = 0; channel < 3; channel++) {
      const at = (channel * sizePx + top) * sizePx + left;
      const upper = (1 - across) * (picture[at] ?? 0) + across * (picture[at + 1] ?? 0);
      const lower = (1 - across) * (picture[at + sizePx] ?? 0) + across * (picture[at + sizePx + 1] ?? 0);
      face[channel * facePx * facePx + pixel] = (1 - down) * upper + down * lower;
    }
  }
  return face;
}

/** What is never called strange, per feature: lips and jaw move, light wanders. Around the lips twice as much. */
const leastSpread = [0.05, 0.025, 0.025, 0.02, 0.02] as const;
const lipsRatio = 1.5;
const isAtLips = (cell: number): boolean => {
  const [row, column] = [Math.floor(cell / cells.columns), cell % cells.columns];
  return row >= 1 && row <= 3 && column >= 1 && column <= 4;
};
/** A cell that lies this many times its spread from the usual shows something else. */
const strangeRatio = 2.2;
/** With fewer looks there is no telling what is usual. */
const leastLooks = 12;

/**
 * Frame by frame the share of the lower face that does not look like this face: 0 free, 1 hidden. NaN where nothing was read or
 * the track is too short to say. What is usual is the median over the track, so something before the mouth for more than half
 * of a track is taken for the face.
 */
export function hiddenRatios(looks: readonly (Float32Array | undefined)[]): Float32Array {
  const known = looks.filter((look) => look !== undefined);
  const ratios = new Float32Array(looks.length).fill(NaN);
  if (known.length < leastLooks) return ratios;
  const usual = medians(known, (look, place) => look[place] ?? 0);
  const spread = medians(known, (look, place) => Math.abs((look[place] ?? 0) - (usual[place] ?? 0)));
  const cellCount = cells.columns * cells.rows;
  for (const [frame, look] of looks.entries()) {
    if (!look) continue;
    assert(look.length === mouthLookLength, `a look has ${mouthLookLength} numbers`);
    let strange = 0;
    for (let cell = 0; cell < cellCount; cell++) {
      let squares = 0;
      for (let feature = 0; feature < featuresPerCell; feature++) {
        const place = cell * featuresPerCell + feature;
        const floor = (leastSpread[feature] ?? 1) * (isAtLips(cell) ? lipsRatio : 1);
        squares += (((look[place] ?? 0) - (usual[place] ?? 0)) / Math.max(floor, 1.4826 * (spread[place] ?? 0))) ** 2;
      }
      if (Math.sqrt(squares / featuresPerCell) > strangeRatio) strange += 1;
    }
    ratios[frame] = strange / cellCount;
  }
  return ratios;
}

function medians(looks: readonly Float32Array[], read: (look: Float32Array, place: number) => number): Float32Array {
  return Float32Array.from({ length: mouthLookLength }, (_, place) => {
    const values = Float32Array.from(looks, (look) => read(look, place)).toSorted();
    return values[Math.floor(values.length / 2)] ?? 0;
  });
}
