// How batches read in a terminal: what is planned, what stands against it, how it went, what to do.
import type { AnswerOf } from "../../shared/contract/index.ts";
import { columns } from "./layout.ts";

type Planned = AnswerOf<"export.run">;
type Listed = AnswerOf<"export.list">;
type Report = AnswerOf<"export.report">;

const nameOf = (path: string): string => path.split(/[\\/]/u).at(-1) ?? path;

export function plannedLines({ out, cells }: Planned): readonly string[] {
  const problems = cells.flatMap(({ path, problems: found }) => found.map((problem) => ({ path, ...problem })));
  const held = cells.filter(({ problems: found }) => found.some(({ weight }) => weight === "blocks")).length;
  return [
    `${cells.length} files into ${out}${held === 0 ? "." : `; ${held} of them cannot be made yet.`}`,
    ...problems.flatMap(({ path, weight, message, hint }) => [
      `${weight === "blocks" ? "HELD" : "!"} ${nameOf(path)}: ${message}${hint === "" ? "" : ` ${hint}`}`,
    ]),
  ];
}

export function listedLines({ out, cells }: Listed): readonly string[] {
  if (out === null) return ["No batch was exported yet."];
  const rows = cells.map(({ state, outcome, doneRatio, path, warnings, failure, hint }) => [
    outcome === "unchanged" ? "unchanged" : state,
    doneRatio === null || state !== "running" ? "" : `${Math.floor(doneRatio * 100)} %`,
    nameOf(path),
    warnings === 0 ? "" : `${warnings} warning${warnings === 1 ? "" : "s"}`,
    failure === null ? "" : `${failure} ${hint ?? ""}`.trim(),
  ]);
  return [out, ...columns(rows, { indent: 2, alignRight: [1] })];
}

export const reportLines = ({ made, unchanged, missing, warnings, pagePath, toDo }: Report): readonly string[] => [
  `${made} made, ${unchanged} unchanged, ${missing} missing, ${warnings} warnings.`,
  ...toDo.map(({ title, why, hint }) => `MISSING ${title}: ${why} ${hint}`),
  `Report: ${pagePath}`,
];

export const presetLines = ({ presets }: AnswerOf<"export.presets">): readonly string[] =>
  columns(presets.map(({ preset, name, says }) => [preset, name, says]));
