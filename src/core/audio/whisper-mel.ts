// The log-mel spectrogram that Whisper's encoder was trained on: 80 bands, 100 frames a second of 16 kHz sound.
import { melSpectrogram, slaneyBands } from "./spectrogram.ts";
import type { MelAnalysis, MelSpectrogram } from "./spectrogram.ts";

export const whisperSampleRateHz = 16_000;
export const whisperHopSamples = 160;

const analysis: MelAnalysis = {
  fftWindowSamples: 400,
  hopSamples: whisperHopSamples,
  bands: slaneyBands({
    sampleRateHz: whisperSampleRateHz,
    fftWindowSamples: 400,
    melBins: 80,
    lowestHz: 0,
    highestHz: whisperSampleRateHz / 2,
  }),
  exponent: 2,
  edge: "reflect",
};

/** log10 of band power from -10 up, before the step that looks at the loudest moment. One frame per whole hop. */
export function whisperLogPower(samples: Float32Array): MelSpectrogram {
  const melFrames = Math.floor(samples.length / whisperHopSamples);
  return melSpectrogram(samples, melFrames, analysis, (power) => Math.log10(Math.max(power, 1e-10)));
}

/** The largest value, for `whisperScale`; of the whole file, also where the file is looked at in pieces. */
export function loudestLogPower(logPower: MelSpectrogram): number {
  let loudest = -10;
  for (const value of logPower.values) if (value > loudest) loudest = value;
  return loudest;
}

/** (max(x, loudest - 8) + 4) / 4: the 80 dB below the loudest moment of the whole file, about -1..1.5. */
export function whisperScale(logPower: MelSpectrogram, loudest: number): MelSpectrogram {
  return { ...logPower, values: logPower.values.map((value) => (Math.max(value, loudest - 8) + 4) / 4) };
}

/** Both steps over a whole file of 16 kHz mono samples in -1..1. */
export function whisperLogMel(samples: Float32Array): MelSpectrogram {
  const logPower = whisperLogPower(samples);
  return whisperScale(logPower, loudestLogPower(logPower));
}
