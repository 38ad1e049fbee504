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
export function differencesBetween(takes: readonly Take[]): readonly Difference[] {
  const rows = takes.map(factsOf);
  const names = [...new Set(rows.flatMap((row) => [...row.keys()]))];
  return names
    .map((name) => ({ name, values: rows.map((row) => row.get(name) ?? null) }))
    .filter(({ values }) => values.some((value) => value !== values[0]));
}

function factsOf({ settings, score, ...take }: Take): ReadonlyMap<string, Value> {
  const { more, ...plain } = settings;
  const measured = Object.entries(score ?? {}).filter(([name]) => name !== "measuredAt");
  return new Map<string, Value>([
    ...Object.entries(plain),
    ...Object.entries(more),
    ["startFrame", take.startFrame],
    ["durationFrames", take.durationFrames],
    ["syncConfidence", take.syncConfidence],
    ["avOffsetFrames", take.avOffsetFrames],
    ...measured,
  ]);
}
