// Writes one line of text into the top left corner of frames, as burnt-in timecode is.
import type { VideoStreamFacts } from "../../../shared/project/index.ts";
import type { VideoFrame } from "../../media/index.ts";
import { inverseOf } from "../affine.ts";
import { uprightSize, uprightToFrame } from "../geometry/upright.ts";
import { drawFrame } from "./draw-faces.ts";
import { painterOf } from "./painter.ts";

/** Draws into the frame's own samples. The text stands upright whatever the film's rotation. */
export function drawHeading(
  frame: VideoFrame,
  { codedSize, rotationDegrees }: Pick<VideoStreamFacts, "codedSize" | "rotationDegrees">,
  heading: string,
): void {
  const toFrame = uprightToFrame(codedSize, rotationDegrees);
  const canvas = {
    painter: painterOf(frame, toFrame),
    frameToUpright: inverseOf(toFrame),
    ...uprightSize(codedSize, rotationDegrees),
  };
  drawFrame(canvas, { faces: [], heading, isAfterCut: false });
}
