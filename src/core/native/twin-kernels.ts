// All kernels in TypeScript, behind the addon's own contract.
import type { Kernels } from "../../../native/index.d.ts";
import { addGrainTwin } from "./grain-twin.ts";
import { peaksTwin } from "./peaks-twin.ts";
import { polyphaseTwin } from "./polyphase-twin.ts";
import { warpTwin } from "./warp-twin.ts";
import { yuvTwin } from "./yuv-twin.ts";

export const twinKernels: Kernels = {
  simd: "none",
  ...yuvTwin,
  ...warpTwin,
  polyphase: polyphaseTwin,
  peaks: peaksTwin,
  addGrain: addGrainTwin,
};
