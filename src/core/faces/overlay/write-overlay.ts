// Writes a film with the faces drawn in: decoded small enough to be quick, painted in its own samples, encoded as H.264.
import type { FrameRange } from "../../../shared/time/index.ts";
import type { Progress } from "../../base/index.ts";
import { decodeFrames, encodeFrames, pictureLike } from "../../media/index.ts";
import type { MediaSource, OutputContainer, VideoFrame } from "../../media/index.ts";
import { composeAffines, inverseOf, stretch } from "../affine.ts";
import { uprightSize, uprightToFrame } from "../geometry/upright.ts";
import { drawFrame } from "./draw-faces.ts";
import type { DrawnFrame } from "./draw-faces.ts";
import { painterOf } from "./painter.ts";

export type OverlayOrder = {
  readonly source: MediaSource;
  readonly streamIndex: number;
  readonly range: FrameRange;
  readonly path: string;
  readonly container: OutputContainer;
  /** What to draw into a frame. */
  readonly frameAt: (frameIndex: number) => Promise<DrawnFrame>;
  readonly signal: AbortSignal;
  /** In frames. */
  readonly onProgress: Progress;
};

/** Longer side of the film that is written. */
const longestSidePx = 1920;

/** Frame count in is frame count out. Frames that do not decode show their neighbour. */
export async function writeOverlay(order: OverlayOrder): Promise<{ readonly frameCount: number }> {
  const { source, streamIndex, range, path, container, signal, onProgress } = order;
  const video = source.facts.video.find((stream) => stream.streamIndex === streamIndex) ?? source.facts.video[0];
  if (!video) return { frameCount: 0 };
  const { codedSize, rotationDegrees } = video;
  const shrink = Math.min(1, longestSidePx / Math.max(codedSize.widthPx, codedSize.heightPx));
  // 4:2:0 has no odd sides.
  const even = (px: number): number => Math.max(2, 2 * Math.round((px * shrink) / 2));
  const size = { widthPx: even(codedSize.widthPx), heightPx: even(codedSize.heightPx) };
  const isScaled = size.widthPx !== codedSize.widthPx || size.heightPx !== codedSize.heightPx;
  const toDecoded = uprightToFrame(size, rotationDegrees);
  const codedToDecoded = stretch(size.widthPx / codedSize.widthPx, size.heightPx / codedSize.heightPx);
  const frameToUpright = composeAffines(codedToDecoded, inverseOf(toDecoded));
  const upright = uprightSize(size, rotationDegrees);
  async function* drawn(): AsyncGenerator<VideoFrame> {
    const decoding = { range, streamIndex, signal, format: "source", missingFrames: "conceal" } as const;
    for await (const frame of decodeFrames(source, { ...decoding, ...(isScaled ? { size } : {}) })) {
      const canvas = { painter: painterOf(frame, toDecoded), frameToUpright, ...upright };
      drawFrame(canvas, await order.frameAt(frame.frameIndex));
      yield frame;
    }
  }
  const picture = { ...pictureLike(video), ...size, startTimecode: undefined };
  const facts = await encodeFrames(source.tools, drawn(), {
    path,
    container,
    codec: "h264",
    settings: { crf: 20, preset: "veryfast" },
    picture,
    signal,
    onProgress: (done) => onProgress(done, range.durationFrames, "frames"),
  });
  return { frameCount: facts.video[0]?.frameCount ?? 0 };
}
