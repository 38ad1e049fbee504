// The dialogue of a reel as the audio network takes it: 16 kHz, one channel, sample 0 at the reel's first frame.
import { whisperSampleRateHz, resample } from "../../audio/index.ts";
import { decodeAudio } from "../../media/index.ts";
import type { MediaSource } from "../../media/index.ts";
import { refused } from "../../../shared/failure/index.ts";

export type Dialogue = {
  readonly source: MediaSource;
  readonly streamIndex: number;
  /** Where sample 0 of the stream lies on the reel, in samples of the stream; negative is earlier. */
  readonly offsetSamples: number;
  /** Of the file: names it in caches. */
  readonly mediaHash: string;
};

export type SampleStretch = { readonly firstSample: number; readonly sampleCount: number };

/** Whole seconds are whole samples at every rate, so a stretch that begins at one is exact before and after resampling. */
const leadSeconds = 1;

/**
 * 16 kHz samples of a stretch of the reel; silence before, after and outside the stream. The dialogue's own file is read
 * only: what is delivered is never resampled.
 */
export async function dialogueSamples(
  dialogue: Dialogue,
  { firstSample, sampleCount }: SampleStretch,
  signal?: AbortSignal,
): Promise<Float32Array> {
  const { sampleRateHz, sampleCount: streamSamples } = streamFactsOf(dialogue);
  const fromSecond = Math.floor(firstSample / whisperSampleRateHz) - leadSeconds;
  const toSecond = Math.ceil((firstSample + sampleCount) / whisperSampleRateHz) + leadSeconds;
  const own = new Float32Array((toSecond - fromSecond) * sampleRateHz);
  // Where the stretch begins in the stream; the part before 0 and after its end stays silent.
  const at = fromSecond * sampleRateHz - dialogue.offsetSamples;
  const [begin, end] = [Math.max(0, at), Math.min(streamSamples, at + own.length)];
  if (end > begin)
    for await (const { startSample, channels } of decodeAudio(dialogue.source, {
      streamIndex: dialogue.streamIndex,
      range: { startSample: begin, durationSamples: end - begin },
      channelCount: 1,
      ...(signal && { signal }),
    })) {
      const [samples] = channels;
      const place = begin - at + startSample;
      if (samples) own.set(samples.subarray(0, Math.max(0, own.length - place)), place);
    }
  const heard = resample(own, { sourceRateHz: sampleRateHz, targetRateHz: whisperSampleRateHz });
  const skipped = firstSample - fromSecond * whisperSampleRateHz;
  return heard.slice(skipped, skipped + sampleCount);
}

export function streamFactsOf({ source, streamIndex }: Pick<Dialogue, "source" | "streamIndex">) {
  const facts = source.facts.audio.find((stream) => stream.streamIndex === streamIndex);
  if (facts) return facts;
  throw refused("lipsync.no-dialogue", {
    message: `${source.path} has no sound in stream ${streamIndex}.`,
    hint: "Choose another dialogue track.",
    details: { path: source.path, streamIndex },
  });
}

/** The stretch of the reel that the stream covers, in 16 kHz samples. */
export function stretchOfStream(dialogue: Dialogue): SampleStretch {
  const { sampleRateHz, sampleCount } = streamFactsOf(dialogue);
  const to16k = (samples: number) => (samples * whisperSampleRateHz) / sampleRateHz;
  const firstSample = Math.floor(to16k(dialogue.offsetSamples));
  return { firstSample, sampleCount: Math.ceil(to16k(dialogue.offsetSamples + sampleCount)) - firstSample };
}
