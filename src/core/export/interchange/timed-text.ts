// Lines in time, as subtitle files hold them: SubRip and WebVTT. Milliseconds, for that is all these formats can say.
import { refused } from "../../../shared/failure/index.ts";

export type TimedText = {
  readonly startMs: number;
  readonly endMs: number;
  /** Lines of the text are parted by \n; marks of style stay as they are written. */
  readonly text: string;
  /** WebVTT: the name of the cue, and where it stands ("line:0 align:start"); empty where there is none. */
  readonly name: string;
  readonly placement: string;
};

/** What a WebVTT file holds besides its cues, as written: NOTE, STYLE and REGION blocks, each with the cue it stands before. */
export type VttBlock = { readonly beforeCue: number; readonly text: string };
export type WebVtt = {
  readonly header: string;
  readonly cues: readonly TimedText[];
  readonly blocks: readonly VttBlock[];
};

const linesOf = (text: string): readonly string[] => text.replace(/^\uFEFF/u, "").split(/\r\n|\n|\r/u);

/** Blocks of lines that are parted by empty ones, each with the number of its first line. */
function blocksOf(lines: readonly string[]): readonly { readonly line: number; readonly lines: readonly string[] }[] {
  const blocks: { line: number; lines: string[] }[] = [];
  let open = false;
  for (const [index, line] of lines.entries()) {
    const isEmpty = line.trim() === "";
    if (!isEmpty && !open) blocks.push({ line: index + 1, lines: [] });
    if (!isEmpty) blocks.at(-1)?.lines.push(line);
    open = !isEmpty;
  }
  return blocks;
}

/** Hours may be missing (WebVTT) and the mark before milliseconds be a comma or a point: files mix them. */
const clock = /^(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})$/u;

function millisecondsOf(label: string): number | undefined {
  const match = clock.exec(label);
  if (match === null) return undefined;
  const [, hours = "0", minutes = "0", seconds = "0", fraction = "0"] = match;
  if (Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(fraction.padEnd(3, "0"));
}

function clockOf(totalMs: number, mark: "," | "."): string {
  const pad = (value: number, digits: number) => String(value).padStart(digits, "0");
  const seconds = Math.floor(totalMs / 1000);
  const clockText = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map((part) =>
    pad(part, 2),
  );
  return `${clockText.join(":")}${mark}${pad(totalMs % 1000, 3)}`;
}

type Timing = Pick<TimedText, "startMs" | "endMs" | "placement">;

function timingOf(line: string): Timing | undefined {
  const [from = "", arrow = "", to = "", ...placement] = line.trim().split(/\s+/u);
  const [startMs, endMs] = [millisecondsOf(from), millisecondsOf(to)];
  if (arrow !== "-->" || startMs === undefined || endMs === undefined) return undefined;
  return { startMs, endMs, placement: placement.join(" ") };
}

function badLine(format: string, line: number, found: string) {
  return refused("text.bad-cue", {
    message: `Line ${line} of the ${format} file: expected "00:00:01,000 --> 00:00:02,000"; found "${found.slice(0, 80)}".`,
    hint: "Correct the line or export the file again.",
    details: { line, found: found.slice(0, 400) },
  });
}

function endsBeforeStart(format: string, line: number) {
  return refused("text.bad-range", {
    message: `Line ${line} of the ${format} file: the cue ends before it starts.`,
    hint: "Correct the times of the cue.",
    details: { line },
  });
}

/** The cue of a block: an optional name or number, a line of times, the text. Undefined when the block has no arrow. */
function cueOf(
  block: { readonly line: number; readonly lines: readonly string[] },
  format: string,
): TimedText | undefined {
  const at = block.lines.findIndex((line) => line.includes("-->"));
  if (at < 0 || at > 1) return undefined;
  const found = block.lines[at] ?? "";
  const timing = timingOf(found);
  if (timing === undefined) throw badLine(format, block.line + at, found);
  if (timing.endMs < timing.startMs) throw endsBeforeStart(format, block.line + at);
  const name = at === 1 ? (block.lines[0]?.trim() ?? "") : "";
  return { ...timing, name, text: block.lines.slice(at + 1).join("\n") };
}

/**
 * SubRip. There is no standard: numbers may be missing or wrong, a byte order mark may lead, cues may overlap, and an empty
 * line within a text is taken as part of it when no times follow. Refuses "text.bad-cue", "text.bad-range", "text.empty".
 */
export function parseSrt(text: string): readonly TimedText[] {
  const cues: TimedText[] = [];
  for (const block of blocksOf(linesOf(text))) {
    const cue = cueOf(block, "SubRip");
    const last = cues.pop();
    if (cue !== undefined) {
      if (last !== undefined) cues.push(last);
      cues.push({ ...cue, name: "" });
    } else if (last !== undefined) {
      cues.push({ ...last, text: `${last.text}\n\n${block.lines.join("\n")}` });
    } else {
      throw badLine("SubRip", block.line, block.lines[0] ?? "");
    }
  }
  if (cues.length === 0) throw noCues("SubRip");
  return cues;
}

const noCues = (format: string) =>
  refused("text.empty", {
    message: `A ${format} file holds at least one cue; found none.`,
    hint: "Check that the file is the one you meant.",
  });

/** SubRip as most players read it: numbered from 1, CRLF, a comma before the milliseconds. */
export const formatSrt = (cues: readonly TimedText[]): string =>
  cues
    .map(({ startMs, endMs, text }, index) =>
      [`${index + 1}`, `${clockOf(startMs, ",")} --> ${clockOf(endMs, ",")}`, ...text.split("\n"), ""].join("\r\n"),
    )
    .join("\r\n");

/** WebVTT (W3C). Blocks that are no cues are kept where they stood. Refuses "text.not-webvtt" and what `parseSrt` refuses. */
export function parseWebVtt(text: string): WebVtt {
  const lines = linesOf(text);
  const [first = ""] = lines;
  if (!/^WEBVTT(?:[ \t].*)?$/u.test(first)) {
    throw refused("text.not-webvtt", {
      message: `A WebVTT file begins with WEBVTT; found "${first.slice(0, 80)}".`,
      hint: "Is it a SubRip file (.srt)?",
    });
  }
  const headerEnd = lines.findIndex((line, index) => index > 0 && line.trim() === "");
  const bodyStart = headerEnd < 0 ? lines.length : headerEnd;
  const header = lines.slice(0, bodyStart).join("\n");
  const cues: TimedText[] = [];
  const blocks: VttBlock[] = [];
  for (const block of blocksOf(lines.map((line, index) => (index < bodyStart ? "" : line)))) {
    const cue = /^(?:NOTE|STYLE|REGION)(?:\s|$)/u.test(block.lines[0] ?? "") ? undefined : cueOf(block, "WebVTT");
    if (cue === undefined) blocks.push({ beforeCue: cues.length, text: block.lines.join("\n") });
    else cues.push(cue);
  }
  return { header, cues, blocks };
}

export function formatWebVtt({ header, cues, blocks }: WebVtt): string {
  const cueText = ({ startMs, endMs, text, name, placement }: TimedText): string => {
    const times = `${clockOf(startMs, ".")} --> ${clockOf(endMs, ".")}${placement === "" ? "" : ` ${placement}`}`;
    return [...(name === "" ? [] : [name]), times, ...(text === "" ? [] : [text])].join("\n");
  };
  const before = (cue: number) => blocks.filter(({ beforeCue }) => beforeCue === cue).map(({ text }) => text);
  const parts = [header, ...cues.flatMap((cue, index) => [...before(index), cueText(cue)]), ...before(cues.length)];
  return `${parts.join("\n\n")}\n`;
}
