// What lies between a mouth and a microphone: a room's echo, noise, an uneven frequency response, another loudness.
import type { Random } from "../../../src/core/base/index.ts";
import { mix } from "../look/noise.ts";

export type RecordingRange = {
  /** Greatest part of the reverberant energy. */
  readonly echoRatio: number;
  /** Noise lies this far below speech at the loudest, in dB. */
  readonly leastNoiseBelowDb: number;
  readonly equaliserDb: number;
};

export const recordings: RecordingRange = { echoRatio: 0.35, leastNoiseBelowDb: 15, equaliserDb: 8 };

const rootMeanSquare = (samples: Float32Array): number =>
  Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, samples.length));

/** `samples` scaled to this level over the whole, silence included. */
export function levelled(samples: Float32Array, levelDbfs: number): Float32Array {
  const scale = 10 ** (levelDbfs / 20) / Math.max(1e-6, rootMeanSquare(samples));
  return samples.map((sample) => sample * scale);
}

/** Dense echoes that die away exponentially: Schroeder's four combs and two all-passes (1962), at 16 kHz. */
function withEcho(samples: Float32Array, sampleRateHz: number, { decaySeconds, wet }: Echo): Float32Array {
  const combs = [0.0297, 0.0371, 0.0411, 0.0437].map((seconds) => Math.round(seconds * sampleRateHz));
  const result = new Float32Array(samples.length);
  for (const lag of combs) {
    const feedback = 10 ** ((-3 * lag) / sampleRateHz / decaySeconds);
    const line = new Float32Array(samples.length);
    for (let at = 0; at < samples.length; at++) {
      line[at] = at >= lag ? (samples[at - lag] ?? 0) + feedback * (line[at - lag] ?? 0) : 0;
      result[at] = (result[at] ?? 0) + (line[at] ?? 0) / 4;
    }
  }
  return samples.map((sample, at) => sample + wet * (result[at] ?? 0));
}

type Echo = { readonly decaySeconds: number; readonly wet: number };

/** A peak or dip by the biquad of the audio EQ cookbook (Bristow-Johnson). */
function equalised(
  samples: Float32Array,
  sampleRateHz: number,
  band: { centreHz: number; gainDb: number },
): Float32Array {
  const a = 10 ** (band.gainDb / 40);
  const omega = (2 * Math.PI * band.centreHz) / sampleRateHz;
  const alpha = Math.sin(omega) / 1.6;
  const cosine = -2 * Math.cos(omega);
  const scale = 1 / (1 + alpha / a);
  let [x1, x2, y1, y2] = [0, 0, 0, 0];
  return samples.map((x) => {
    const y = scale * ((1 + alpha * a) * x + cosine * x1 + (1 - alpha * a) * x2 - cosine * y1 - (1 - alpha / a) * y2);
    [x2, x1, y2, y1] = [x1, x, y1, y];
    return y;
  });
}

/** The utterance as another microphone in another place would have heard it. Same length, sound where it was. */
export function recorded(
  samples: Float32Array,
  sampleRateHz: number,
  { range, random }: { readonly range: RecordingRange; readonly random: Random },
): Float32Array {
  const between = (low: number, high: number) => mix(low, high, random.uniform());
  let heard = samples;
  for (let band = 0; band < 3; band++) {
    const centreHz = 150 * (6500 / 150) ** random.uniform();
    heard = equalised(heard, sampleRateHz, { centreHz, gainDb: between(-1, 1) * range.equaliserDb });
  }
  if (random.uniform() < 0.5) {
    heard = withEcho(heard, sampleRateHz, { decaySeconds: between(0.15, 0.7), wet: between(0, range.echoRatio) });
  }
  const noise = rootMeanSquare(heard) * 10 ** (-between(range.leastNoiseBelowDb, 50) / 20);
  let rumble = 0;
  const colour = random.uniform();
  heard = heard.map((sample) => {
    const white = (random.uniform() + random.uniform() + random.uniform() - 1.5) * 2;
    rumble = 0.95 * rumble + 0.3 * white;
    return sample + noise * mix(white, rumble, colour);
  });
  return levelled(heard, between(-32, -16));
}
