// How frames are decoded for a look at parts of them: in their own planes where that can be, since most of a frame is never seen.
import { assert } from "../../../shared/failure/index.ts";
import type { VideoStreamFacts } from "../../../shared/project/index.ts";
import { yuvFormatOf } from "../../media/index.ts";
import type { FrameFormat, VideoFrame } from "../../media/index.ts";
import type { RgbFrame } from "../../models/index.ts";
import type { YuvFormat, YuvPicture } from "../../native/index.ts";
import type { FrameSizePx } from "../eligibility.ts";

/** What `sampleRegion` takes. */
export type DecodedPicture = RgbFrame | YuvPicture;

export type PictureDecoding = {
  readonly format: FrameFormat;
  /** The samples themselves, not a copy: they are the frame's until it is disposed. */
  readonly pictureOf: (frame: VideoFrame) => DecodedPicture;
};

/** RGB takes ffmpeg three times as long to make as the planes, and as long again to hand over. */
export function pictureDecoding(facts: VideoStreamFacts, decodedSize: FrameSizePx): PictureDecoding {
  const format = planarFormat(facts, decodedSize);
  if (!format) return { format: "rgb", pictureOf: rgbOf };
  return {
    format: "source",
    pictureOf: ({ planes }) => {
      const [luma, blue, red] = planes;
      assert(luma && blue && red, "a Y'CbCr frame has three planes");
      return { format, planes: [luma.samples, blue.samples, red.samples] };
    },
  };
}

const sampledChromas: readonly string[] = ["420", "422", "444"];

function planarFormat(facts: VideoStreamFacts, decodedSize: FrameSizePx): YuvFormat | undefined {
  const { chroma, bitDepth } = facts.pixelLayout;
  // Other layouts are rare, and ffmpeg's own conversion knows them all.
  if (!sampledChromas.includes(chroma) || ![8, 10, 12].includes(bitDepth)) return undefined;
  return { ...yuvFormatOf(facts), ...decodedSize };
}

function rgbOf({ planes, shape }: VideoFrame): RgbFrame {
  const samples = planes[0]?.samples;
  assert(samples instanceof Uint8Array, "packed RGB is one plane of bytes");
  return { width: shape.widthPx, height: shape.heightPx, data: samples };
}
