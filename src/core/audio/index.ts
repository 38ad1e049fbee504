// The door of core/audio: sound as plain arrays of samples; rates, spectrograms, activity, loudness.
export { createLoudnessMeter, loudnessWeights } from "./loudness.ts";
export type { LoudnessMeter, LoudnessOptions, LoudnessReading } from "./loudness.ts";
export { mfcc, mfccColumns, mfccHopSamples, mfccSampleRateHz } from "./mfcc.ts";
export type { Mfcc } from "./mfcc.ts";
export { createResampler, resample, resampledCount } from "./resample.ts";
export type { Resampler, ResampleQuality, ResampleRates } from "./resample.ts";
export { defaultSpeechSettings, speechLevels, speechRanges, speechThresholds } from "./speech-activity.ts";
export type { LevelTrack, SpeechSettings } from "./speech-activity.ts";
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
