// How long takes will be in the making, judged by those that were made before on this machine. Pure.
import { contract } from "../../shared/contract/index.ts";
import type { JobSummary } from "../../shared/contract/index.ts";
import { settingsOfTake } from "../../shared/project/index.ts";
import type { GenerationSettings, Take } from "../../shared/project/index.ts";

export type Pace = {
  readonly modelHash: string;
  readonly deepCacheSteps: number;
  /** For one frame once through the network. */
  readonly passSeconds: number;
  /** For everything else about a frame: sound, faces in, faces out, storing. */
  readonly otherSeconds: number;
};

/** How often the network is run for a frame: guidance runs it twice where it acts. */
export function passesOf(settings: GenerationSettings): number {
  const { inferenceSteps, guidanceScale, guidanceFromRatio, guidanceToRatio } = settings;
  const guidedRatio = guidanceScale > 1 ? Math.max(0, guidanceToRatio - guidanceFromRatio) : 0;
  return inferenceSteps * (1 + guidedRatio);
}

/** Of the latest job that did all of its work in one go; undefined before there is one. */
export function paceOf(jobs: readonly JobSummary[], takes: readonly Take[]): Pace | undefined {
  for (const { kind, state, attempts, result } of jobs) {
    if (kind !== "segments.generate" || state !== "done" || attempts !== 1) continue;
    const output = contract["segments.generate"].output.safeParse(result);
    if (!output.success) continue;
    const made = output.data;
    const take = takes.find(({ id }) => made.takes.some(({ takeId }) => takeId === id));
    const frames = made.takes.reduce((sum, { faceFrames }) => sum + faceFrames, 0);
    const denoiseSeconds = made.seconds["denoise"] ?? 0;
    if (!take || frames === 0 || made.work.windowsDenoised === 0 || denoiseSeconds === 0) continue;
    const settings = settingsOfTake(take.settings);
    const allSeconds = Object.values(made.seconds).reduce((sum, seconds) => sum + seconds, 0);
    return {
      modelHash: take.settings.modelHash,
      deepCacheSteps: settings.deepCacheSteps,
      passSeconds: denoiseSeconds / (frames * passesOf(settings)),
      otherSeconds: (allSeconds - denoiseSeconds) / frames,
    };
  }
  return undefined;
}

/** Undefined where nothing comparable was made: no guess is better than a wrong one. */
export function estimateSeconds(
  pace: Pace | undefined,
  settings: GenerationSettings,
  order: { readonly frames: number; readonly model: string | undefined },
): number | undefined {
  if (!pace || pace.deepCacheSteps !== settings.deepCacheSteps) return undefined;
  if (order.model !== undefined && order.model !== pace.modelHash) return undefined;
  return order.frames * (pace.otherSeconds + pace.passSeconds * passesOf(settings));
}
