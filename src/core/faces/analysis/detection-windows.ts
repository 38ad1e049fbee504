// Where the detector looks: the whole picture in one square, and squares of it for faces that are small in the whole.
import { letterboxToFrame } from "../../models/index.ts";
import type { Affine, FaceBox } from "../../models/index.ts";
import type { FrameSizePx } from "../eligibility.ts";

export type DetectionWindow = {
  /** From the detector's square to the upright picture. */
  readonly toPicture: Affine;
  /** What it shows of the picture. A face at an edge that is none of the picture's is another window's to see. */
  readonly shown: FaceBox;
};

/** The detector finds faces from a twentieth of its square on; squares of this side show those of 24 pixels. */
const tileSidePx = 480;
/** Neighbours share this much, so that every face of the size that they are for is whole in one. */
const sharedPx = 80;

const sizeOf = ({ widthPx, heightPx }: FrameSizePx) => ({ width: widthPx, height: heightPx });

/** One window that shows the whole picture. */
export function wholeWindow(picture: FrameSizePx, detectorPx: number): DetectionWindow {
  const { widthPx: width, heightPx: height } = picture;
  return { toPicture: letterboxToFrame(sizeOf(picture), detectorPx), shown: { x: 0, y: 0, width, height } };
}

/** Squares that cover the picture; none where the whole shows as much. */
export function tileWindows(picture: FrameSizePx, detectorPx: number): readonly DetectionWindow[] {
  if (Math.max(picture.widthPx, picture.heightPx) <= tileSidePx + sharedPx) return [];
  const scale = tileSidePx / detectorPx;
  return startsOf(picture.heightPx).flatMap((y) =>
    startsOf(picture.widthPx).map((x): DetectionWindow => ({
      toPicture: [scale, 0, x, 0, scale, y],
      shown: { x, y, width: tileSidePx, height: tileSidePx },
    })),
  );
}

/** Where tiles begin along a side: evenly spread, the first at its begin, the last at its end. */
function startsOf(sidePx: number): readonly number[] {
  if (sidePx <= tileSidePx) return [(sidePx - tileSidePx) / 2];
  const count = Math.ceil((sidePx - sharedPx) / (tileSidePx - sharedPx));
  return Array.from({ length: count }, (_, index) => Math.round((index * (sidePx - tileSidePx)) / (count - 1)));
}

/** Whether a face that a window shows touches one of its edges beyond which the picture goes on. */
export function isCutOff(box: FaceBox, { shown }: DetectionWindow, picture: FrameSizePx): boolean {
  const edgePx = 0.01 * shown.width;
  return (
    (shown.x > 0 && box.x < shown.x + edgePx) ||
    (shown.y > 0 && box.y < shown.y + edgePx) ||
    (shown.x + shown.width < picture.widthPx && box.x + box.width > shown.x + shown.width - edgePx) ||
    (shown.y + shown.height < picture.heightPx && box.y + box.height > shown.y + shown.height - edgePx)
  );
}
