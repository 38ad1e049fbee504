// The door of core/audio: sound as plain arrays of samples; rates, spectrograms, activity, loudness.
export { createResampler, resample, resampledCount } from "./resample.ts";
export type { Resampler, ResampleRates } from "./resample.ts";
export type { MelSpectrogram } from "./spectrogram.ts";
export { syncHopSamples, syncMel, syncSampleRateHz } from "./sync-mel.ts";
export {
  loudestLogPower,
  whisperHopSamples,
  whisperLogMel,
  whisperLogPower,
  whisperSampleRateHz,
  whisperScale,
} from "./whisper-mel.ts";
