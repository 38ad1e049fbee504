// How the next takes are to be made: settings, seed and model, and the calls that ask for them. The calls are pure.
import { create } from "zustand";
import type { CallerInputOf } from "../../shared/contract/index.ts";
import { qualities, settingsOfQuality } from "../../shared/project/index.ts";
import type { GenerationSettings, Quality, RecordId } from "../../shared/project/index.ts";

/** fixed: the seed that is typed; new: another for each press; per-take: another for each take. */
export type SeedMode = "fixed" | "new" | "per-take";

export type GenerationChoice = {
  readonly settings: GenerationSettings;
  readonly seedMode: SeedMode;
  /** Content hash; undefined is the newest. */
  readonly model: string | undefined;
};

export const useGeneration = create<GenerationChoice>(() => ({
  settings: settingsOfQuality.full,
  seedMode: "fixed",
  model: undefined,
}));

export const setGeneration = useGeneration.setState;

export const changeSettings = (change: Partial<GenerationSettings>): void =>
  setGeneration(({ settings }) => ({ settings: { ...settings, ...change } }));

/** The preset that the settings are, whatever the seed; undefined once anything else was changed. */
export function presetOf(settings: GenerationSettings): Quality | undefined {
  const names = Object.keys(settings) as readonly (keyof GenerationSettings)[];
  return qualities.find((quality) =>
    names.every((name) => name === "seed" || settings[name] === settingsOfQuality[quality][name]),
  );
}

type Calling = { readonly choice: GenerationChoice; readonly freshSeed: () => number };

/** One job for all segments, or one for each where each has a seed of its own. */
export function callsOf(
  segmentIds: readonly RecordId<"segment">[],
  { choice, freshSeed }: Calling,
): readonly CallerInputOf<"segments.generate">[] {
  const { settings, seedMode, model } = choice;
  const call = (ids: readonly RecordId<"segment">[], seed: number): CallerInputOf<"segments.generate"> => ({
    segmentIds: [...ids],
    quality: settings.profile === "parity" ? "parity" : "full",
    steps: settings.inferenceSteps,
    guidance: settings.guidanceScale,
    guidanceFrom: settings.guidanceFromRatio,
    guidanceTo: settings.guidanceToRatio,
    sampler: settings.sampler,
    spacing: settings.spacing,
    seed,
    overlap: settings.overlapFrames,
    sharedNoise: settings.sharedNoise,
    deepCache: settings.deepCacheSteps,
    mask: settings.mask,
    silence: settings.silence,
    ...(settings.referenceFrame === null ? {} : { referenceFrame: settings.referenceFrame }),
    ...(model === undefined ? {} : { model }),
  });
  if (seedMode === "per-take") return segmentIds.map((id) => call([id], freshSeed()));
  return [call(segmentIds, seedMode === "new" ? freshSeed() : settings.seed)];
}

export const randomSeed = (): number => crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
