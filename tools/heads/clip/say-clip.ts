// The sound of a clip: one utterance of its voice, placed in silence, with how loud it is over time.
import { resample } from "../../../src/core/audio/index.ts";
import { randomFrom } from "../../../src/core/base/index.ts";
import { mix } from "../look/noise.ts";
import { levelled, recorded, recordings } from "../speech/rooms.ts";
import { drawText } from "../speech/sentences.ts";
import { speak } from "../speech/synthesise.ts";
import type { Voice } from "../speech/voices.ts";
import type { TimedPhone } from "../speech/phones.ts";

export const clipSampleRateHz = 16_000;

export type ClipSound = {
  readonly samples: Float32Array;
  readonly text: string;
  readonly phones: readonly TimedPhone[];
  readonly loudnessAt: (seconds: number) => number;
};

/** Part of the clips that sound as from another room and microphone; the others are as clean as the synthesizer. */
const recordedRatio = 0.5;

/** Words that take about a second and a half fewer than the clip lasts: it then begins or ends in a pause. */
const wordsPerSecond = 2.6;

/** Speech of `lengthSeconds`: what is too long is cut, what is too short begins after a pause of random length. */
export async function sayClip(
  voice: Voice,
  { seed, lengthSeconds, folder, name }: { seed: number; lengthSeconds: number; folder: string; name: string },
): Promise<ClipSound> {
  const random = randomFrom(seed);
  const text = drawText(random, voice.language, Math.max(3, Math.round(lengthSeconds * wordsPerSecond))).replaceAll(
    ". ",
    ", ",
  );
  const spoken = await speak(voice, text, {
    speedRatio: mix(0.88, 1.15, random.uniform()),
    pitchRatio: mix(0.85, 1.2, random.uniform()),
    folder,
    name,
  });
  const rates = { sourceRateHz: spoken.sampleRateHz, targetRateHz: clipSampleRateHz };
  const close = levelled(resample(spoken.samples, rates), -23);
  const whole =
    random.uniform() < recordedRatio ? recorded(close, clipSampleRateHz, { range: recordings, random }) : close;
  const spareSeconds = lengthSeconds - whole.length / clipSampleRateHz;
  // Earlier than 0 when there is more speech than clip: then some stretch of it is heard.
  const startSeconds = spareSeconds * random.uniform();
  const samples = new Float32Array(Math.round(lengthSeconds * clipSampleRateHz));
  const startSample = Math.round(startSeconds * clipSampleRateHz);
  samples.set(
    whole.subarray(Math.max(0, -startSample), Math.max(0, samples.length - startSample)),
    Math.max(0, startSample),
  );
  const phones = spoken.phones
    .map(({ phone, fromSeconds, toSeconds }) => ({
      phone,
      fromSeconds: fromSeconds + startSeconds,
      toSeconds: toSeconds + startSeconds,
    }))
    .filter(({ fromSeconds, toSeconds }) => toSeconds > -0.3 && fromSeconds < lengthSeconds + 0.3);
  return { samples, text, phones, loudnessAt: loudnessOf(samples) };
}

/** 0.7..1.1 by the level over 100 ms against the mean of what sounds. */
function loudnessOf(samples: Float32Array): (seconds: number) => number {
  const block = clipSampleRateHz / 20;
  const levels = Array.from({ length: Math.ceil(samples.length / block) }, (_, index) => {
    const part = samples.subarray(index * block, (index + 1) * block);
    return Math.sqrt(part.reduce((sum, sample) => sum + sample * sample, 0) / block);
  });
  const sounding = levels.filter((level) => level > 0.01);
  const mean = sounding.reduce((sum, level) => sum + level, 0) / Math.max(1, sounding.length);
  return (seconds) => {
    const place = Math.max(0, Math.min(levels.length - 1, Math.floor((seconds * clipSampleRateHz) / block)));
    const around = [place - 1, place, place + 1].map((at) => levels[at] ?? 0);
    const level = around.reduce((sum, value) => sum + value, 0) / 3;
    return Math.max(0.7, Math.min(1.1, 0.65 + 0.35 * (level / Math.max(1e-4, mean))));
  };
}
