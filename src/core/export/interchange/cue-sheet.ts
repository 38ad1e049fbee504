// Cue sheets: tables of lines to be spoken, as spreadsheets write them. Which column means what is guessed, and can be said.
import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { DubError, refused } from "../../../shared/failure/index.ts";
import { formatTimecode, parseTimecode, secondsToFrame } from "../../../shared/time/index.ts";
import type { FrameRange, TimecodeBase } from "../../../shared/time/index.ts";

export const cueFields = [
  "cueName",
  "characterName",
  "in",
  "out",
  "originalText",
  "translatedText",
  "note",
  "take",
  "status",
] as const;
export type CueField = (typeof cueFields)[number];

/** Which column of the sheet holds which field, from 0. */
export type CueColumns = Readonly<Partial<Record<CueField, number>>>;

export type CueLine = {
  readonly cueName: string;
  readonly characterName: string;
  /** On the reel, by its timecode. */
  readonly range: FrameRange;
  readonly originalText: string;
  readonly translatedText: string;
  readonly note: string;
  readonly take: string;
  readonly status: string;
};

export type CueSheetProblem = { readonly row: number; readonly message: string };

export type CueSheet = {
  readonly header: readonly string[];
  readonly columns: CueColumns;
  readonly lines: readonly CueLine[];
  /** Rows that could not be read, with the reason; rows count from 1, the header is 1. */
  readonly problems: readonly CueSheetProblem[];
};

/** What programs and people call these columns, in lower case without marks; the first that fits wins. */
const columnNames: Readonly<Record<CueField, readonly string[]>> = {
  cueName: ["cue", "cue number", "cue no", "cue id", "cue name", "number", "no", "id", "nr", "#", "loop", "event"],
  characterName: ["character", "char", "role", "speaker", "name", "rolle", "figur", "personnage", "personaje", "角色"],
  in: ["in", "tc in", "timecode in", "start", "start time", "start tc", "begin", "from", "time in", "入点", "timecode"],
  out: ["out", "tc out", "timecode out", "end", "end time", "end tc", "stop", "to", "time out", "出点"],
  originalText: ["original", "original line", "original text", "original dialogue", "source", "source text", "原文"],
  translatedText: [
    "translation",
    "translated line",
    "translated text",
    "target",
    "target text",
    "dub",
    "dialogue",
    "dialog",
    "line",
    "text",
    "adaptation",
    "译文",
  ],
  note: ["note", "notes", "comment", "comments", "remark", "reason", "备注"],
  take: ["take", "take no", "takes"],
  status: ["status", "state", "done", "状态"],
};

const plainName = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[_./-]+/gu, " ")
    .replaceAll(/\s+/gu, " ")
    .trim();

/** The columns that a header names; a column is given away once. */
export function guessColumns(header: readonly string[]): CueColumns {
  const names = header.map(plainName);
  const taken = new Set<number>();
  const found: Partial<Record<CueField, number>> = {};
  for (const field of cueFields) {
    const column = columnNames[field]
      .map((name) => names.findIndex((candidate, index) => candidate === name && !taken.has(index)))
      .find((index) => index >= 0);
    if (column === undefined) continue;
    taken.add(column);
    found[field] = column;
  }
  return found;
}

const separators = [",", ";", "\t", "|"] as const;

/** The separator that parts the header into the most columns. */
function separatorOf(text: string): string {
  const [first = ""] = text.split(/\r\n|\n|\r/u, 1);
  const counts = separators.map((separator) => ({ separator, parts: first.split(separator).length }));
  return counts.toSorted((left, right) => right.parts - left.parts)[0]?.separator ?? ",";
}

/** A label, or a clock with a fraction of a second ("00:01:02.500"), or plain seconds ("62.5"). */
function placeOf(text: string, base: TimecodeBase): number {
  const clock = /^(?:(\d{1,2}):)?(\d{1,2}):(\d{1,2}[.,]\d{3})$/u.exec(text);
  if (clock !== null) {
    const [, hours = "0", minutes = "0", seconds = "0"] = clock;
    const total = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds.replace(",", "."));
    return secondsToFrame(total, base.rate, "nearest");
  }
  if (/^\d+(?:\.\d+)?$/u.test(text)) return secondsToFrame(Number(text), base.rate, "nearest");
  return parseTimecode(text, base);
}

/** How long a cue is taken to last when the sheet has no out column, in seconds. */
const usualCueSeconds = 2;

function lineOf(cells: readonly string[], columns: CueColumns, base: TimecodeBase): CueLine {
  const cell = (field: CueField): string => {
    const column = columns[field];
    return column === undefined ? "" : (cells[column] ?? "").trim();
  };
  const startFrame = placeOf(cell("in"), base);
  const endFrame =
    cell("out") === ""
      ? startFrame + secondsToFrame(usualCueSeconds, base.rate, "nearest")
      : placeOf(cell("out"), base);
  if (endFrame <= startFrame) {
    throw refused("cues.bad-range", { message: `The cue ends at ${cell("out")}, not after its start ${cell("in")}.` });
  }
  return {
    cueName: cell("cueName"),
    characterName: cell("characterName"),
    range: { startFrame, durationFrames: endFrame - startFrame },
    originalText: cell("originalText"),
    translatedText: cell("translatedText"),
    note: cell("note"),
    take: cell("take"),
    status: cell("status"),
  };
}

function rowsOf(text: string): readonly (readonly string[])[] {
  try {
    return parse(text, {
      bom: true,
      delimiter: separatorOf(text.replace(/^\uFEFF/u, "")),
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      max_record_size: 1_000_000,
    });
  } catch (cause) {
    throw refused("cues.bad-table", {
      message: `The cue sheet is no table of comma-, semicolon- or tab-separated values: ${cause instanceof Error ? cause.message : "unreadable"}.`,
      hint: "Save the sheet as CSV (UTF-8).",
      cause,
    });
  }
}

/**
 * The lines of a sheet on a reel with these labels. `columns` overrides the guess, field by field. Rows that cannot be read
 * are told in `problems` and do not hold up the others. Refuses "cues.bad-table", "cues.no-rows", "cues.no-in-column".
 */
export function readCueSheet(text: string, base: TimecodeBase, columns: CueColumns = {}): CueSheet {
  const [header, ...rows] = rowsOf(text);
  if (header === undefined || rows.length === 0) {
    throw refused("cues.no-rows", {
      message: "A cue sheet has a header and at least one row; found none.",
      hint: "Check that the file is the one you meant.",
    });
  }
  const used = { ...guessColumns(header), ...columns };
  if (used.in === undefined) {
    throw refused("cues.no-in-column", {
      message: `No column says where a cue begins; found ${header.map((name) => `"${name}"`).join(", ")}.`,
      hint: "Say which column holds the in point.",
      details: { header },
    });
  }
  const lines: CueLine[] = [];
  const problems: CueSheetProblem[] = [];
  for (const [index, cells] of rows.entries()) {
    try {
      lines.push(lineOf(cells, used, base));
    } catch (error) {
      if (!(error instanceof DubError)) throw error;
      problems.push({ row: index + 2, message: error.message });
    }
  }
  return { header, columns: used, lines, problems };
}

const writtenHeader: Readonly<Record<CueField, string>> = {
  cueName: "Cue",
  characterName: "Character",
  in: "In",
  out: "Out",
  originalText: "Original",
  translatedText: "Translation",
  note: "Note",
  take: "Take",
  status: "Status",
};

/** A sheet that reads back the same. What a spreadsheet would take for a formula is written so that it does not. */
export function writeCueSheet(lines: readonly CueLine[], base: TimecodeBase): string {
  const rows = lines.map(({ range, ...rest }) => {
    const cells: Readonly<Record<CueField, string>> = {
      ...rest,
      in: formatTimecode(range.startFrame, base),
      out: formatTimecode(range.startFrame + range.durationFrames, base),
    };
    return cueFields.map((field) => cells[field]);
  });
  return stringify([cueFields.map((field) => writtenHeader[field]), ...rows], {
    bom: true,
    escape_formulas: true,
    record_delimiter: "windows",
  });
}
