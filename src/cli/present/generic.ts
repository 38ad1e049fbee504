// Any answer as text: fields in aligned rows, lists of objects as tables. Used where no one has written something better.
import { columns, labelOf } from "./layout.ts";

type Fields = Readonly<Record<string, unknown>>;

export function describe(value: unknown): readonly string[] {
  if (isFields(value)) return describeFields(value);
  if (Array.isArray(value)) return describeList(value);
  return [scalarText(value)];
}

function describeFields(fields: Fields): readonly string[] {
  const entries = Object.entries(fields);
  const only = entries[0];
  if (entries.length === 1 && only && typeof only[1] === "object" && only[1] !== null) return describe(only[1]);
  const scalars = entries.filter(([, value]) => !isNested(value));
  return [
    ...columns(scalars.map(([name, value]) => [labelOf(name), scalarText(value)])),
    ...entries.flatMap(([name, value]) =>
      isNested(value) ? ["", `${labelOf(name)}:`, ...describe(value).map((line) => `  ${line}`)] : [],
    ),
  ];
}

function describeList(list: readonly unknown[]): readonly string[] {
  if (list.length === 0) return ["none"];
  if (!list.every(isFields)) return list.map(scalarText);
  const names = [...new Set(list.flatMap((row) => Object.keys(row)))];
  const shown = names.filter((name) => list.every((row) => !isNested(row[name])));
  return columns([shown.map(labelOf), ...list.map((row) => shown.map((name) => scalarText(row[name])))]);
}

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What doesn't fit into one cell. */
function isNested(value: unknown): boolean {
  if (Array.isArray(value)) return value.some((item) => typeof item === "object" && item !== null);
  return isFields(value) && Object.keys(value).length > 0;
}

function scalarText(value: unknown): string {
  if (value === null || value === undefined) return "-";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.length === 0 ? "-" : value.map(scalarText).join(", ");
  return typeof value === "string" ? value : JSON.stringify(value);
}
