// A polyphase FIR filter over whichever kernel serves, with every size checked.
import type { Kernels } from "../../../native/index.d.ts";
import { assert } from "../../shared/failure/index.ts";
import { servedKernels } from "./load-addon.ts";

export type PolyphaseFilter = {
  /** Each output lies `down / up` samples after the one before. */
  readonly up: number;
  readonly down: number;
  /** Taps of one phase; a multiple of 8. */
  readonly tapCount: number;
  /** [phase, tap]: phase p is for positions p / up after a sample. */
  readonly taps: Float32Array;
};

/** How many outputs `sampleCount` samples suffice for when the first stands at phase `firstPhase` of the first sample. */
export function polyphaseCount(filter: PolyphaseFilter, firstPhase: number, sampleCount: number): number {
  const startCount = sampleCount - filter.tapCount + 1;
  return Math.max(0, Math.floor((startCount * filter.up - 1 - firstPhase) / filter.down) + 1);
}

/** output[k] = sum over tap of taps[phase, tap] samples[start + tap], start and phase from firstPhase + k down. */
export function runPolyphase(
  filter: PolyphaseFilter,
  firstPhase: number,
  samples: Float32Array,
  options: { readonly output: Float32Array; readonly kernels?: Kernels },
): void {
  const { up, down, tapCount, taps } = filter;
  const { output, kernels = servedKernels().kernels } = options;
  assert(tapCount % 8 === 0 && taps.length === up * tapCount, `${up} phases of 8, 16, 24 … taps, not ${taps.length}`);
  assert(output.length <= polyphaseCount(filter, firstPhase, samples.length), "there are samples for every output");
  kernels.polyphase(Int32Array.of(up, down, tapCount, firstPhase), taps, samples, output);
}
