// How a take is to be made: everything a person may choose, with its defaults, and what of it a take's record keeps.
import { z } from "zod";
import type { TakeSettings } from "./records.ts";

export const samplerNames = ["ddim", "dpm-solver++-2m", "unipc"] as const;

const ratio = z.number().min(0).max(1);

export const generationSettingsSchema = z.strictObject({
  inferenceSteps: z.int().min(1).max(100).describe("More steps: a cleaner mouth, more time"),
  guidanceScale: z.number().min(1).max(5).describe("How much the sound decides; 1 is off and twice as fast"),
  guidanceFromRatio: ratio.describe("Guided from this share of the steps on"),
  guidanceToRatio: ratio.describe("Guided up to this share of the steps"),
  sampler: z.enum(samplerNames).describe("Way from noise to picture"),
  spacing: z.enum(["model", "leading", "trailing"]).describe("Where the steps lie; trailing suits few steps"),
  seed: z.int().min(0).max(0xffffffff).describe("The same seed and settings give the same take"),
  overlapFrames: z.int().min(0).max(15).describe("Frames that neighbouring windows share"),
  sharedNoise: ratio.describe("Share of the start noise that all frames have in common; 1 as published"),
  deepCacheSteps: z.int().min(1).max(10).describe("One full step in so many; 1 is exact, 3 about twice as fast"),
  mask: z.enum(["published", "lower"]).describe("What is painted: with the cheeks beside the nose, or below them only"),
  referenceFrame: z
    .int()
    .nonnegative()
    .nullable()
    .describe("Frame of the reel whose face is the reference; its own else"),
  silence: z.enum(["rest", "as-heard"]).describe("Whether the mouth rests between words"),
  profile: z.enum(["time-true", "parity"]).describe("parity: as the published program does it, at 25 frames a second"),
});

export type GenerationSettings = z.infer<typeof generationSettingsSchema>;

export const qualities = ["draft", "full", "parity"] as const;
export type Quality = (typeof qualities)[number];

const full: GenerationSettings = {
  inferenceSteps: 20,
  guidanceScale: 1.5,
  guidanceFromRatio: 0,
  guidanceToRatio: 1,
  sampler: "ddim",
  spacing: "model",
  seed: 1247,
  overlapFrames: 4,
  sharedNoise: 1,
  deepCacheSteps: 1,
  mask: "published",
  referenceFrame: null,
  silence: "rest",
  profile: "time-true",
};

/**
 * draft: for a look within seconds; the same seed in full quality keeps its character. parity: what the published program
 * does, for comparison (dossier, sections 1 and 11).
 */
export const settingsOfQuality: { readonly [Q in Quality]: GenerationSettings } = {
  draft: { ...full, inferenceSteps: 4, guidanceScale: 1, sampler: "dpm-solver++-2m", spacing: "trailing" },
  full,
  parity: { ...full, spacing: "leading", overlapFrames: 0, silence: "as-heard", profile: "parity" },
};

/** What a take's record says of how it was made. */
export function takeSettingsOf(settings: GenerationSettings, modelHash: string): TakeSettings {
  const { inferenceSteps, guidanceScale, sampler, seed, overlapFrames, referenceFrame, ...more } = settings;
  return {
    modelHash,
    adapterId: null,
    inferenceSteps,
    guidanceScale,
    sampler,
    seed,
    overlapFrames,
    more: { ...more, ...(referenceFrame === null ? {} : { referenceFrame }) },
  };
}

/** The settings that a take was made with, for making another like it; what its record lacks has its default. */
export function settingsOfTake(taken: TakeSettings): GenerationSettings {
  const { inferenceSteps, guidanceScale, sampler, seed, overlapFrames, more } = taken;
  return generationSettingsSchema.parse({
    ...full,
    ...more,
    inferenceSteps,
    guidanceScale,
    sampler,
    seed,
    overlapFrames,
  });
}
