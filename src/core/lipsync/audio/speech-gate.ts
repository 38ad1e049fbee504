// Where a dialogue speaks, so that between words the network hears true silence and the mouth rests.
import { z } from "zod";
import { speechLevels, speechRanges, whisperSampleRateHz } from "../../audio/index.ts";
import type { LevelTrack } from "../../audio/index.ts";
import type { SampleRange } from "../../../shared/time/index.ts";
import { keyOf } from "../cache/file-cache.ts";
import type { FileCache } from "../cache/file-cache.ts";
import { dialogueSamples, stretchOfStream } from "./dialogue-samples.ts";
import type { Dialogue, SampleStretch } from "./dialogue-samples.ts";

/** Raised when the rule finds other ranges than before. */
const gateRevision = 1;
const rangesSchema = z.array(z.tuple([z.int(), z.int()]));

/** Speech of the whole track, by thresholds of the whole track, in 16 kHz samples of the reel, found once and kept. */
export async function speechOf(
  dialogue: Dialogue,
  { cache, signal }: { readonly cache: FileCache; readonly signal?: AbortSignal | undefined },
): Promise<readonly SampleRange[]> {
  const { mediaHash, streamIndex, offsetSamples } = dialogue;
  const key = keyOf({ gateRevision, mediaHash, streamIndex, offsetSamples });
  const known = rangesSchema.safeParse((await cache.read("speech", key))?.facts);
  if (known.success) return known.data.map(([startSample, durationSamples]) => ({ startSample, durationSamples }));
  const stretch = stretchOfStream(dialogue);
  const ranges = speechRanges(await levelsOf(dialogue, stretch, signal)).map(({ startSample, durationSamples }) => ({
    startSample: startSample + stretch.firstSample,
    durationSamples,
  }));
  const facts = ranges.map(({ startSample, durationSamples }) => [startSample, durationSamples]);
  await cache.write("speech", key, { facts, blocks: [] });
  return ranges;
}

/** Read in pieces, so that a feature film's track does not stand in memory. */
const pieceSamples = 60 * whisperSampleRateHz;

async function levelsOf(
  dialogue: Dialogue,
  { firstSample, sampleCount }: SampleStretch,
  signal: AbortSignal | undefined,
): Promise<LevelTrack> {
  const levels: number[] = [];
  for (let done = 0; done < sampleCount; done += pieceSamples) {
    const piece = { firstSample: firstSample + done, sampleCount: Math.min(pieceSamples, sampleCount - done) };
    const { levelsDbfs } = speechLevels(await dialogueSamples(dialogue, piece, signal), whisperSampleRateHz);
    for (const level of levelsDbfs) levels.push(level);
  }
  return { sampleRateHz: whisperSampleRateHz, sampleCount, levelsDbfs: Float32Array.from(levels) };
}

/** 10 ms: shorter would click, and a click is heard. */
const fadeSamples = 160;

/** The samples with everything outside speech silent; each range fades in before it and out after it. */
export function gateSpeech(
  samples: Float32Array,
  { firstSample }: Pick<SampleStretch, "firstSample">,
  speech: readonly SampleRange[],
): Float32Array {
  const gain = new Float32Array(samples.length);
  for (const { startSample, durationSamples } of speech) {
    const [from, to] = [startSample - firstSample, startSample + durationSamples - firstSample];
    const [begin, end] = [Math.max(0, from - fadeSamples), Math.min(samples.length, to + fadeSamples)];
    for (let at = begin; at < end; at++) {
      const outside = Math.max(from - at, at - (to - 1), 0);
      gain[at] = Math.max(gain[at] ?? 0, 1 - outside / fadeSamples);
    }
  }
  return samples.map((sample, at) => sample * (gain[at] ?? 0));
}
