// The table of a file that packs several into one, as Emscripten's packager writes it: read as data, never run.
import { readFileSync } from "node:fs";
import { refused } from "../../../shared/failure/index.ts";
import { openByteSource } from "../byte-source.ts";
import { duplicateKey } from "../json-keys.ts";
import { readTflite } from "./read-tflite.ts";
import type { TfliteModel, TfliteRange } from "./read-tflite.ts";

export type PackedTflite = {
  /** The packed file itself, and the script beside it that ends in its table. */
  readonly dataPath: string;
  readonly loaderPath: string;
  /** Last part of the packed file's name: "face_landmark.tflite". */
  readonly fileName: string;
};

const maxLoaderLength = 1 << 20;
const maxFiles = 1000;

/** Reads one model out of a packed file. */
export function openPackedTflite({ dataPath, loaderPath, fileName }: PackedTflite): TfliteModel {
  using source = openByteSource(dataPath);
  const table = readPackedTable(loaderPath, readText(loaderPath), source.sizeBytes);
  const found = [...table].filter(([name]) => name.split("/").at(-1) === fileName);
  const [first] = found;
  if (!first || found.length > 1)
    throw badTable(loaderPath, `it names ${found.length} files "${fileName}" instead of 1`);
  return readTflite({ ...source, name: `${dataPath} (${fileName})` }, first[1]);
}

function readText(path: string): string {
  using source = openByteSource(path);
  if (source.sizeBytes > maxLoaderLength) throw badTable(path, `it has ${source.sizeBytes} bytes`);
  return readFileSync(path, "utf8");
}

/** Names to ranges from the one call `loadPackage({...});` of the script; the ranges tile the packed file exactly. */
export function readPackedTable(
  name: string,
  loader: string,
  packedSizeBytes: number,
): ReadonlyMap<string, TfliteRange> {
  const table = parseTable(name, loader);
  if (table["remote_package_size"] !== packedSizeBytes)
    throw badTable(name, `its file has ${packedSizeBytes} bytes instead of ${String(table["remote_package_size"])}`);
  const files: unknown = table["files"];
  if (!Array.isArray(files) || files.length > maxFiles) throw badTable(name, "it lists no files");
  const ranges = new Map<string, TfliteRange>();
  let endBytes = 0;
  for (const file of files) {
    const { filename, start, end } = fieldsOf(name, file);
    if (start !== endBytes || end < start) throw badTable(name, `"${filename}" lies at bytes ${start} to ${end}`);
    if (ranges.has(filename)) throw badTable(name, `"${filename}" stands twice`);
    ranges.set(filename, { offsetBytes: start, byteLength: end - start });
    endBytes = end;
  }
  if (endBytes !== packedSizeBytes) throw badTable(name, `its files end at byte ${endBytes} of ${packedSizeBytes}`);
  return ranges;
}

function parseTable(name: string, loader: string): Readonly<Record<string, unknown>> {
  const opening = "loadPackage({";
  const at = loader.indexOf(opening);
  if (at < 0 || loader.indexOf(opening, at + 1) >= 0) throw badTable(name, "it does not hold exactly one table");
  const endAt = loader.indexOf("});", at);
  if (endAt < 0) throw badTable(name, "its table does not end");
  const text = loader.slice(at + opening.length - 1, endAt + 1);
  const value = parseJson(name, text);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw badTable(name, "its table is no object");
  const twice = duplicateKey(text);
  if (twice !== undefined) throw badTable(name, `its table says "${twice}" twice`);
  return { ...value };
}

function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw badTable(name, "its table is not plain data", cause);
  }
}

function fieldsOf(name: string, file: unknown) {
  const { filename, start, end }: { filename?: unknown; start?: unknown; end?: unknown } = Object(file);
  const isSound =
    typeof filename === "string" &&
    typeof start === "number" &&
    typeof end === "number" &&
    Number.isSafeInteger(start) &&
    Number.isSafeInteger(end);
  if (!isSound) throw badTable(name, "a file of its table lacks name, start or end");
  return { filename, start, end };
}

const badTable = (name: string, why: string, cause?: unknown) =>
  refused("weights.bad-packed-table", {
    message: `${name} does not say where its packed files lie: ${why}.`,
    hint: "Reinstall the package it came with.",
    details: { why },
    cause,
  });
