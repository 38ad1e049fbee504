// Delivery reports as a page: one table of all files, then each with its segments, worst first. Fit to print and to sign.
import type { DeliveryReport } from "./delivery-report.ts";

/** A cell of a batch that left no file. */
export type MissingFile = {
  readonly title: string;
  readonly state: string;
  readonly why: string;
  readonly hint: string;
};

export type ReportedBatch = {
  readonly title: string;
  readonly madeAt: string;
  readonly reports: readonly DeliveryReport[];
  readonly missing: readonly MissingFile[];
};

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const text = (value: string): string => value.replaceAll(/[&<>"]/gu, (letter) => escapes[letter] ?? letter);

type Row = readonly (string | number | null)[];

/** Columns that hold a number anywhere are set to the right, their heads and gaps as well. */
function table(heads: readonly string[], rows: readonly Row[]): string {
  if (rows.length === 0) return "";
  const isNumeric = heads.map((_head, column) => rows.some((row) => typeof row[column] === "number"));
  const rowOf = (tag: "td" | "th", row: Row): string =>
    `<tr>${row.map((value, column) => `<${tag}${isNumeric[column] ? ' class="n"' : ""}>${text(String(value ?? "–"))}</${tag}>`).join("")}</tr>`;
  return `<table><thead>${rowOf("th", heads)}</thead><tbody>${rows.map((row) => rowOf("td", row)).join("")}</tbody></table>`;
}

const facts = (rows: readonly (readonly [string, string])[]): string =>
  `<dl>${rows.map(([name, value]) => `<dt>${text(name)}</dt><dd>${text(value)}</dd>`).join("")}</dl>`;

const number = (value: number | null | undefined, digits: number): number | null =>
  value === null || value === undefined ? null : Number(value.toFixed(digits));

/** By confidence of its sync, lowest first; what was not measured comes after what was. */
const worstFirst = (segments: DeliveryReport["segments"]): DeliveryReport["segments"] =>
  segments.toSorted((a, b) => (a.syncConfidence ?? Infinity) - (b.syncConfidence ?? Infinity));

const lufs = (value: number | null): string => (value === null ? "not measurable" : `${value.toFixed(1)} LUFS`);

function pictureText({ picture }: DeliveryReport): string {
  const made = `${picture.frames} frames, ${picture.touchedFrames} of them changed`;
  return picture.copiedPackets === null
    ? `${made}; encoded once (${picture.whyEncoded ?? "as the preset says"})`
    : `${made}; ${picture.copiedPackets} copied from the source, byte for byte`;
}

function differenceText({ difference }: DeliveryReport): string {
  if (difference.frames.length === 0) return "no frame was changed";
  const most = Math.max(...difference.frames.map(([, changed]) => changed));
  const area = ((100 * most) / Math.max(1, difference.samplesPerFrame)).toFixed(2);
  const outside = difference.changedOutsideMasks;
  return `at most ${area} % of a frame; ${outside === 0 ? "nothing" : `${outside} samples`} outside the masks`;
}

function loudnessText({ loudness }: DeliveryReport): string {
  if (loudness === null) return "no sound";
  const { written, before, gainDb, targetLufs } = loudness;
  const peak = written.truePeakDbtp === null ? "" : `, true peak ${written.truePeakDbtp.toFixed(1)} dBTP`;
  const from = before === null ? "" : `; was ${lufs(before.integratedLufs)}, gain ${gainDb.toFixed(2)} dB`;
  const target = targetLufs === null ? "" : `, target ${targetLufs} LUFS`;
  return `${lufs(written.integratedLufs)}${peak}${from}${target} (programme loudness, EBU R 128)`;
}

function fileSection(report: DeliveryReport): string {
  const { output, source, reel, version, preset, picture, tracks, provenance, warnings } = report;
  const colour = `${picture.widthPx} × ${picture.heightPx}, ${picture.bitDepth} bit, ${picture.color}`;
  const marks = Object.keys(provenance.inFile).length > 0 ? "in the file and here" : "here; the file can hold none";
  return `<section><h2>${text(output.fileName)}</h2>${facts([
    ["Version", `${version.name} (${version.language}), ${preset.name}`],
    ["Reel", `${reel.name}, ${reel.durationFrames} frames at ${reel.frameRate}, from ${reel.startTimecode}`],
    ["Picture", `${picture.codec}, ${colour}, timecode ${picture.timecode ?? "none"}`],
    ["Frames", pictureText(report)],
    ["Difference", differenceText(report)],
    ["Loudness", loudnessText(report)],
    ["SHA-256", output.kind === "file" ? output.sha256 : `${output.sha256} (of the list of its ${output.files} files)`],
    ["Source", `${source.path}, identity ${source.contentIdentity}`],
    ["Marked as", `${provenance.digitalSourceType}, ${provenance.software} (${marks})`],
  ])}${warnings.map(({ message }) => `<p class="warning">${text(message)}</p>`).join("")}${table(
    ["Track", "Language", "Stored as", "Marks", "Codec", "Channels", "Hz"],
    tracks.map((track) => [
      track.title,
      track.languageTag,
      track.storedLanguage,
      track.dispositions.join(", "),
      track.codec,
      track.channelLayout ?? track.channels,
      track.sampleRateHz,
    ]),
  )}${table(
    [
      "In",
      "Out",
      "Character",
      "Take",
      "State",
      "Sync",
      "Offset",
      "Jitter",
      "Steps",
      "Guidance",
      "Seed",
      "Model",
      "Adapter",
    ],
    worstFirst(report.segments).map((segment) => [
      segment.in,
      segment.out,
      segment.character,
      segment.takeNumber,
      segment.state,
      number(segment.syncConfidence, 2),
      segment.avOffsetFrames,
      number(segment.score?.jitterRatio, 2),
      segment.settings.inferenceSteps,
      segment.settings.guidanceScale,
      segment.settings.seed,
      segment.settings.modelHash.slice(0, 12),
      segment.adapterSha256?.slice(0, 12) ?? null,
    ]),
  )}</section>`;
}

const style = `
@page { size: A4 landscape; margin: 14mm; }
:root { color-scheme: light; }
body { font: 10pt/1.45 system-ui, sans-serif; color: #111; background: #fff; max-width: 270mm; margin: 8mm auto; }
h1 { font-size: 18pt; margin: 0 0 1mm; } h2 { font-size: 12pt; margin: 0 0 2mm; overflow-wrap: anywhere; }
section { border-top: 0.4mm solid #111; padding-top: 3mm; margin-top: 7mm; break-inside: avoid-page; }
dl { display: grid; grid-template-columns: 26mm 1fr; gap: 0.6mm 4mm; margin: 0 0 3mm; }
dt { color: #555; } dd { margin: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; margin: 2mm 0 4mm; font-size: 8.5pt; }
th, td { text-align: left; padding: 0.8mm 2mm 0.8mm 0; border-bottom: 0.2mm solid #bbb; vertical-align: top; }
th { color: #555; font-weight: 600; } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
tr { break-inside: avoid; } thead { display: table-header-group; }
.warning { border-left: 1mm solid #b45309; padding-left: 2mm; margin: 1mm 0; }
.sign { display: flex; gap: 12mm; margin-top: 14mm; } .sign span { flex: 1; border-top: 0.3mm solid #111; padding-top: 1mm; color: #555; }
`;

/** A whole page: nothing of it comes from anywhere else, and no script runs in it. */
export function reportPage({ title, madeAt, reports, missing }: ReportedBatch): string {
  const warned = reports.filter(({ warnings }) => warnings.length > 0).length;
  const total = reports.length + missing.length;
  const summary = `${reports.length} of ${total} files made, ${warned} with warnings, ${missing.length} missing.`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${text(title)}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>${style}</style></head><body>
<h1>${text(title)}</h1><p>Delivery report of ${text(madeAt)}. ${text(summary)}</p>
${table(
  ["Missing", "State", "Why", "What to do"],
  missing.map(({ title: name, state, why, hint }) => [name, state, why, hint]),
)}
${table(
  ["File", "Version", "Preset", "Frames", "Changed", "Copied", "MB", "Warnings"],
  reports.map(({ output, version, preset, picture, warnings }) => [
    output.fileName,
    `${version.name} (${version.language})`,
    preset.name,
    picture.frames,
    picture.touchedFrames,
    picture.copiedPackets,
    Number((output.sizeBytes / 1e6).toFixed(1)),
    warnings.length,
  ]),
)}
${reports.map(fileSection).join("\n")}
<div class="sign"><span>Supervisor</span><span>Date</span></div>
</body></html>
`;
}
