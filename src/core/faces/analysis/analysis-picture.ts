// The picture that faces are looked for in: the coded frame made no larger than needed, and how its places relate.
import type { VideoStreamFacts } from "../../../shared/project/index.ts";
import { composeAffines, stretch } from "../affine.ts";
import type { FrameSizePx } from "../eligibility.ts";
import { uprightSize, uprightToFrame } from "../geometry/upright.ts";
import type { Affine } from "../../models/index.ts";

/**
 * Longer side of the picture that is decoded. The mesh sees a face in 192 pixels: one that fills a tenth of the height of a
 * larger frame is still not made smaller than that.
 */
const longestSidePx = 2048;

export type AnalysisPicture = {
  /** As decoded: square pixels, not turned. */
  readonly decodedSize: FrameSizePx;
  /** Whether that is another size than the coded one. */
  readonly isScaled: boolean;
  /** As people see it. */
  readonly uprightSize: FrameSizePx;
  readonly uprightToDecoded: Affine;
  /** To the pixels of the coded frame, in which tracks are stored. */
  readonly uprightToFrame: Affine;
};

type Facts = Pick<VideoStreamFacts, "codedSize" | "pixelAspectRatio" | "rotationDegrees">;

/** Frames are decoded at their own size up to 2048 pixels, larger ones made smaller; pixels that are not square are made so. */
export function analysisPicture({ codedSize, pixelAspectRatio, rotationDegrees }: Facts): AnalysisPicture {
  const aspectRatio = pixelAspectRatio.num / pixelAspectRatio.den;
  const [squareWidth, squareHeight] = [
    codedSize.widthPx * Math.max(1, aspectRatio),
    codedSize.heightPx / Math.min(1, aspectRatio),
  ];
  const shrink = Math.min(1, longestSidePx / Math.max(squareWidth, squareHeight));
  const side = (px: number): number => Math.max(1, Math.round(px * shrink));
  const decodedSize = { widthPx: side(squareWidth), heightPx: side(squareHeight) };
  const uprightToDecoded = uprightToFrame(decodedSize, rotationDegrees);
  const decodedToFrame = stretch(codedSize.widthPx / decodedSize.widthPx, codedSize.heightPx / decodedSize.heightPx);
  return {
    decodedSize,
    isScaled: decodedSize.widthPx !== codedSize.widthPx || decodedSize.heightPx !== codedSize.heightPx,
    uprightSize: uprightSize(decodedSize, rotationDegrees),
    uprightToDecoded,
    uprightToFrame: composeAffines(uprightToDecoded, decodedToFrame),
  };
}
