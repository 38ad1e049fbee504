// How verdicts look and read: a colour and a pattern each, so that they are told apart without seeing colours.
import type { TFunction } from "i18next";
import type { PieceLook, Reason, VerdictRun } from "./lane-pieces.ts";

export type Pattern = "solid" | "half" | "hatched" | "back-hatched" | "crossed" | "dotted" | "barred" | "outlined";

export type Look = { readonly token: "--face-good" | "--face-bad" | "--face-out"; readonly pattern: Pattern };

export const looks: Readonly<Record<PieceLook, Look>> = {
  eligible: { token: "--face-good", pattern: "solid" },
  partly: { token: "--face-good", pattern: "half" },
  excluded: { token: "--face-out", pattern: "outlined" },
  "no-face": { token: "--face-out", pattern: "outlined" },
  "too-small": { token: "--face-bad", pattern: "dotted" },
  "out-of-frame": { token: "--face-bad", pattern: "barred" },
  "turned-away": { token: "--face-bad", pattern: "hatched" },
  tilted: { token: "--face-bad", pattern: "back-hatched" },
  "mouth-hidden": { token: "--face-bad", pattern: "crossed" },
  blurred: { token: "--face-bad", pattern: "barred" },
  "short-run": { token: "--face-out", pattern: "dotted" },
};

const reasonKeys = {
  excluded: "faces.excluded",
  "no-face": "faces.noFace",
  "too-small": "faces.tooSmall",
  "out-of-frame": "faces.outOfFrame",
  "turned-away": "faces.turnedAway",
  tilted: "faces.tilted",
  "mouth-hidden": "faces.mouthHidden",
  blurred: "faces.blurred",
  "short-run": "faces.shortRun",
} as const satisfies Record<Reason, string>;

type Unit = (value: number, language: string) => string;

const plain =
  (maximumFractionDigits: number, factor = 1): Unit =>
  (value, language) =>
    new Intl.NumberFormat(language, { maximumFractionDigits }).format(value * factor);
const degrees: Unit = (value, language) => `${plain(0, 180 / Math.PI)(value, language)}°`;
const percent: Unit = (value, language) =>
  new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 }).format(value);

const units: Readonly<Record<Reason, Unit>> = {
  excluded: plain(0),
  "no-face": plain(0),
  "too-small": (value, language) => `${plain(0)(value, language)} px`,
  "out-of-frame": percent,
  "turned-away": degrees,
  tilted: degrees,
  "mouth-hidden": percent,
  blurred: plain(2),
  "short-run": plain(0),
};

/** "Turned away: 62°, the limit is 55°". */
export function reasonText(run: VerdictRun | undefined, { t, language }: { t: TFunction; language: string }): string {
  if (!run) return "";
  const { reason, measured, limit } = run;
  if (reason === null) return t("faces.eligible");
  const words = t(reasonKeys[reason]);
  if (reason === "excluded" || reason === "no-face" || measured === null || limit === null) return words;
  const unit = units[reason];
  return t("faces.reasonWithNumber", {
    reason: words,
    measured: unit(measured, language),
    limit: unit(limit, language),
  });
}
