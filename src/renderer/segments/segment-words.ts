// States, filters and orders of segments in words and signs.
import type { Segment } from "../../shared/project/index.ts";
import type { IconName } from "../ui/icon.tsx";
import type { SegmentOrder, SegmentShown } from "./segment-rows.ts";

export const stateLabels = {
  proposed: "segments.proposed",
  "to-do": "segments.toDo",
  approved: "segments.approved",
  ignored: "segments.ignored",
} as const satisfies Record<Segment["state"], string>;

export const stateIcons: Readonly<Record<Segment["state"], IconName>> = {
  proposed: "question",
  "to-do": "circle",
  approved: "check",
  ignored: "minus",
};

export const shownLabels = {
  all: "segments.all",
  ...stateLabels,
  "without-take": "segments.withoutTake",
} as const satisfies Record<SegmentShown, string>;

export const orderLabels = {
  time: "segments.byTime",
  worst: "segments.worstFirst",
  longest: "segments.longestFirst",
  character: "segments.byCharacter",
  state: "segments.byState",
} as const satisfies Record<SegmentOrder, string>;

export const shownChoices = ["all", "without-take", "proposed", "to-do", "approved", "ignored"] as const;
export const orderChoices = ["time", "worst", "longest", "character", "state"] as const;

/** "2.4 s"; whole seconds from a hundred on. */
export const secondsText = (seconds: number, language: string): string =>
  new Intl.NumberFormat(language, {
    style: "unit",
    unit: "second",
    unitDisplay: "narrow",
    maximumFractionDigits: seconds < 100 ? 1 : 0,
  }).format(seconds);

export const scoreText = (score: number, language: string): string =>
  new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(score);
