// What differs between takes, as rows for a table.
import type { Take } from "../../shared/project/index.ts";

type Value = string | number | boolean | null;

export type Difference = {
  /** "inferenceSteps", "mouthCorrelation". */
  readonly name: string;
  /** In the order of the takes; null where one has none. */
  readonly values: readonly Value[];
};

/** Settings first, then what was measured; only what is not the same in all. */
export const differencesBetween = (takes: readonly Take[]): readonly Difference[] => [
  ...differing(takes.map(settingsOf)),
  ...differing(takes.map(measuresOf)),
];

type Facts = Readonly<Record<string, Value>>;

function differing(rows: readonly Facts[]): readonly Difference[] {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return names
    .map((name) => ({ name, values: rows.map((row) => row[name] ?? null) }))
    .filter(({ values }) => values.some((value) => value !== values[0]));
}

function settingsOf({ settings, startFrame, durationFrames }: Take): Facts {
  const { more, ...plain } = settings;
  return { ...plain, ...more, startFrame, durationFrames };
}

function measuresOf({ syncConfidence, avOffsetFrames, score }: Take): Facts {
  const { measuredAt: _measuredAt, ...measured } = score ?? { measuredAt: "" };
  return { syncConfidence, avOffsetFrames, ...measured };
}
