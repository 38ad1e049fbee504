// Listens to a dialogue track once: where it speaks, and what is wrong with it.
import { speechLevels, speechRanges } from "../../audio/index.ts";
import { decodeAudio } from "../../media/index.ts";
import type { SampleRange } from "../../../shared/time/index.ts";
import type { Dialogue } from "../audio/dialogue-samples.ts";
import { streamFactsOf } from "../audio/dialogue-samples.ts";

export type HeardTrack = {
  /** In samples of the stream's own rate, from its first sample. */
  readonly speech: readonly SampleRange[];
  readonly sampleRateHz: number;
  /** Of any channel; 0 is digital silence, 1 full scale. */
  readonly peak: number;
  /** Runs of samples that stand at full scale: what was cut off there cannot be brought back. */
  readonly clippedRuns: number;
};

/** Levels are made of whole steps of 10 ms, and a second is a hundred of them at every rate. */
const pieceSeconds = 10;
const fullScale = 0.999;
/** One sample at full scale is a loud sample; this many in a row are cut off. */
const clippedSamples = 4;

/** All channels are heard; speech is looked for in their mean. Memory holds ten seconds and a hundred numbers a second. */
export async function hearTrack(
  dialogue: Pick<Dialogue, "source" | "streamIndex">,
  signal?: AbortSignal,
): Promise<HeardTrack> {
  const { sampleRateHz, channelCount } = streamFactsOf(dialogue);
  const piece = new Float32Array(pieceSeconds * sampleRateHz);
  const levels: number[] = [];
  const runs = Array.from({ length: channelCount }, () => 0);
  let [filled, sampleCount, peak, clippedRuns] = [0, 0, 0, 0];
  const flush = () => {
    for (const level of speechLevels(piece.subarray(0, filled), sampleRateHz).levelsDbfs) levels.push(level);
    filled = 0;
  };
  for await (const { channels } of decodeAudio(dialogue.source, {
    streamIndex: dialogue.streamIndex,
    ...(signal && { signal }),
  })) {
    const length = channels[0]?.length ?? 0;
    for (let at = 0; at < length; at++) {
      let sum = 0;
      for (const [channel, samples] of channels.entries()) {
        const sample = samples[at] ?? 0;
        const size = Math.abs(sample);
        peak = Math.max(peak, size);
        const run = size >= fullScale ? (runs[channel] ?? 0) + 1 : 0;
        if (run === clippedSamples) clippedRuns += 1;
        runs[channel] = run;
        sum += sample;
      }
      piece[filled] = sum / channelCount;
      filled += 1;
      if (filled === piece.length) flush();
    }
    sampleCount += length;
  }
  flush();
  const track = { sampleRateHz, sampleCount, levelsDbfs: Float32Array.from(levels) };
  return { speech: peak === 0 ? [] : speechRanges(track), sampleRateHz, peak, clippedRuns };
}
