// Which pixel format an encoder is given: depth and subsampling are kept wherever the codec can hold them.
import { expect, test } from "vitest";
import { nearestPixelFormat } from "./encoders.ts";
import type { VideoCodec } from "./encoders.ts";
import { parsePixelFormat } from "./pixel-layout.ts";

const nearest = (codec: VideoCodec, name: string) => {
  const layout = parsePixelFormat(name);
  return layout && nearestPixelFormat(codec, layout).name;
};

test.for([
  ["h264", "yuv420p", "yuv420p"],
  ["h264", "yuv422p10le", "yuv422p10le"],
  ["h264", "yuv422p12le", "yuv422p10le"],
  ["hevc", "yuv422p12le", "yuv422p12le"],
  ["hevc", "yuv420p10le", "yuv420p10le"],
  ["prores-422-hq", "yuv420p", "yuv422p10le"],
  ["prores-422-hq", "yuv444p12le", "yuv422p10le"],
  ["dnxhr-hqx", "yuv420p10le", "yuv422p10le"],
  ["ffv1", "yuv444p12le", "yuv444p12le"],
  ["ffv1", "gray16le", "gray16le"],
  ["ffv1", "yuva444p10le", "yuva444p10le"],
  ["ffv1", "gbrp12le", "gbrp12le"],
  ["ffv1", "yuv420p14le", "yuv420p16le"],
] as const)("%s writes %s as %s", ([codec, from, to]) => {
  expect(nearest(codec, from)).toBe(to);
});
