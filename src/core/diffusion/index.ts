// The door of core/diffusion: schedules, what networks predict, samplers, guidance, start noise. Plain arithmetic.
export { guide, isGuided } from "./guidance.ts";
export type { Guidance } from "./guidance.ts";
export { gaussian, windowNoise } from "./noise.ts";
export type { LatentDims } from "./noise.ts";
export { latentSyncSchedule, noiseSchedule, timeGrid } from "./noise-schedule.ts";
export type { GridPoint, NoiseSchedule, ScheduleSpec, Spacing, TimeGrid } from "./noise-schedule.ts";
export { decompose } from "./prediction.ts";
export type { Decomposition, Predicts, Prediction } from "./prediction.ts";
export { samplers } from "./samplers.ts";
export type { Denoiser, SampleOptions, Sampler, SamplerName } from "./samplers.ts";
