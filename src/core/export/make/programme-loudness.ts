// How loud a programme is, and the one gain that brings it to its target without passing the true peak's limit.
import { createLoudnessMeter, loudnessWeights } from "../../audio/index.ts";
import { decodeAudio } from "../../media/index.ts";
import type { MediaSource } from "../../media/index.ts";
import type { PresetLoudness } from "../presets/presets.ts";

/** By ITU-R BS.1770 and EBU R 128. Null where there is silence, or too little to measure. */
export type ProgrammeLoudness = {
  readonly integratedLufs: number | null;
  readonly maxShortTermLufs: number | null;
  readonly truePeakDbtp: number | null;
};

const finite = (value: number): number | null => (Number.isFinite(value) ? Math.round(value * 100) / 100 : null);

/** Decodes the stream once, from its first sample to its last. */
export async function measureLoudness(
  source: MediaSource,
  streamIndex: number,
  signal: AbortSignal,
): Promise<ProgrammeLoudness> {
  const stream = source.facts.audio.find((each) => each.streamIndex === streamIndex);
  const { sampleRateHz = 48_000, channelCount = 1, channelLayout = "" } = stream ?? {};
  const meter = createLoudnessMeter({ sampleRateHz, channelWeights: loudnessWeights(channelLayout, channelCount) });
  for await (const { channels } of decodeAudio(source, { streamIndex, signal })) meter.push(channels);
  const { integratedLufs, maxShortTermLufs, truePeakDbtp } = meter.read();
  return {
    integratedLufs: finite(integratedLufs),
    maxShortTermLufs: finite(maxShortTermLufs),
    truePeakDbtp: finite(truePeakDbtp),
  };
}

/** In decibels; 0 where nothing is to be changed or nothing was measured. `isHeldBack`: the peak was in the way. */
export function normalisingGain(
  { integratedLufs, truePeakDbtp }: ProgrammeLoudness,
  wanted: PresetLoudness,
): { readonly gainDb: number; readonly isHeldBack: boolean } {
  if (wanted.kind === "measured" || integratedLufs === null || truePeakDbtp === null)
    return { gainDb: 0, isHeldBack: false };
  const toTarget = wanted.targetLufs - integratedLufs;
  const toLimit = wanted.mostDbtp - truePeakDbtp;
  const gainDb = Math.round(100 * Math.min(toTarget, toLimit)) / 100;
  return { gainDb, isHeldBack: toLimit < toTarget };
}
