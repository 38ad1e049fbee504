// A stream's decoded pictures as the kernels of core/native name them: sampling, depth, matrix and range.
import { refused } from "../../shared/failure/index.ts";
import type { VideoStreamFacts } from "../../shared/project/index.ts";
import type { ChromaSampling, SampleDepthBits, YuvFormat, YuvMatrix } from "../native/index.ts";
import { swscaleMatrix } from "./decode-plan.ts";

const samplings: Readonly<Record<string, ChromaSampling>> = { "420": "4:2:0", "422": "4:2:2", "444": "4:4:4" };
const depths: Readonly<Record<number, SampleDepthBits>> = { 8: 8, 10: 10, 12: 12, 16: 16 };
/** What swscale reads a matrix as. SMPTE 240M has weights of its own, nearest to BT.709's. */
const matrices: Readonly<Record<string, YuvMatrix>> = { bt709: "bt709", smpte240m: "bt709", bt2020: "bt2020" };

/** The format of frames decoded as "source"; refused for pictures in which faces cannot be worked on. */
export function yuvFormatOf(facts: VideoStreamFacts): YuvFormat {
  const { chroma, bitDepth, name } = facts.pixelLayout;
  const [sampling, depthBits] = [samplings[chroma], depths[bitDepth]];
  if (sampling === undefined || depthBits === undefined)
    throw refused("media.unfit-picture", {
      message: `Faces are worked on in Y'CbCr 4:2:0, 4:2:2 or 4:4:4 of 8, 10, 12 or 16 bits; this picture is ${name}.`,
      hint: "Convert the picture first, for example to ProRes 422 HQ.",
      details: { pixelFormat: name },
    });
  return {
    ...facts.codedSize,
    sampling,
    depthBits,
    matrix: matrices[swscaleMatrix(facts)] ?? "bt601",
    range: name.startsWith("yuvj") ? "full" : (facts.color.range ?? "limited"),
  };
}
