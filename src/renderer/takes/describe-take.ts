// A take in words: how it was made, how it was measured, and what differs from another. Pure.
import type { TFunction } from "i18next";
import { settingsOfTake } from "../../shared/project/index.ts";
import type { GenerationSettings, Take } from "../../shared/project/index.ts";

type Words = { readonly t: TFunction; readonly language: string };

export const samplerNamesShown: Readonly<Record<GenerationSettings["sampler"], string>> = {
  ddim: "DDIM",
  "dpm-solver++-2m": "DPM-Solver++ 2M",
  unipc: "UniPC",
};

export type SettingPart = { readonly name: keyof GenerationSettings; readonly text: string };

/** The settings that people look for first, then whatever is not as usual. */
export function settingParts(settings: GenerationSettings, { t, language }: Words): readonly SettingPart[] {
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
  return [
    { name: "inferenceSteps", text: t("takes.steps", { count: settings.inferenceSteps }) },
    { name: "guidanceScale", text: t("takes.guidance", { scale: number.format(settings.guidanceScale) }) },
    { name: "sampler", text: samplerNamesShown[settings.sampler] },
    { name: "seed", text: t("takes.seed", { seed: settings.seed }) },
    ...(settings.mask === "lower" ? [{ name: "mask", text: t("takes.maskLower") } as const] : []),
    ...(settings.silence === "as-heard" ? [{ name: "silence", text: t("takes.asHeard") } as const] : []),
    ...(settings.deepCacheSteps > 1
      ? [{ name: "deepCacheSteps", text: t("takes.deepCache", { steps: settings.deepCacheSteps }) } as const]
      : []),
    ...(settings.referenceFrame === null ? [] : [{ name: "referenceFrame", text: t("takes.otherReference") } as const]),
    ...(settings.profile === "parity" ? [{ name: "profile", text: t("takes.parity") } as const] : []),
  ];
}

/** Names of settings that differ between two takes. */
export function changedSettings(take: Take, before: Take | undefined): ReadonlySet<keyof GenerationSettings> {
  if (!before) return new Set();
  const [now, then] = [settingsOfTake(take.settings), settingsOfTake(before.settings)];
  const names = Object.keys(now) as readonly (keyof GenerationSettings)[];
  return new Set(names.filter((name) => now[name] !== then[name]));
}

export type Measure = { readonly label: string; readonly value: string };

/** What was measured; what could not be is left out. */
export function measuresOf(
  { syncConfidence, avOffsetFrames, score }: Take,
  { t, language }: Words,
): readonly Measure[] {
  const number = (value: number, digits: number) =>
    new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
  const measure = (label: string, value: number | null | undefined, digits: number): readonly Measure[] =>
    value === null || value === undefined ? [] : [{ label, value: number(value, digits) }];
  return [
    ...measure(t("takes.syncConfidence"), syncConfidence, 1),
    ...measure(t("takes.avOffset"), avOffsetFrames, 0),
    ...measure(t("takes.mouth"), score?.mouthCorrelation, 2),
    ...measure(t("takes.jitter"), score?.jitterRatio, 2),
  ];
}
