// Reads flatbuffers whose bytes nobody vouches for: every offset, table and vector is checked before it is followed.
import { refused } from "../../../shared/failure/index.ts";

/** A table of a flatbuffer. Fields are counted as in its schema; an absent field gives the default or undefined. */
export type FlatTable = {
  readonly int8: (field: number, absent?: number) => number;
  readonly int32: (field: number, absent?: number) => number;
  readonly float32: (field: number, absent?: number) => number;
  /** An unsigned 64-bit number, refused beyond what a number holds exactly. */
  readonly uint64: (field: number, absent?: number) => number;
  readonly text: (field: number) => string | undefined;
  readonly int32s: (field: number) => readonly number[] | undefined;
  /** A view on the buffer, not a copy. */
  readonly bytes: (field: number) => Uint8Array<ArrayBuffer> | undefined;
  readonly table: (field: number) => FlatTable | undefined;
  readonly tables: (field: number) => readonly FlatTable[];
};

export type Flatbuffer = {
  readonly root: FlatTable;
  /** A refusal that names the file; `why` goes on after "is not a sound ... file:". */
  readonly bad: (why: string) => Error;
};

/** Far above what a model of a few megabytes needs, far below what would hurt. */
const limits = { vtableBytes: 1024, textBytes: 4096, vectorLength: 65_536 } as const;

type Reader = { readonly view: DataView<ArrayBuffer>; readonly bad: Flatbuffer["bad"] };

/** `format` is for messages ("TFLite"); `identifier` are the four letters at byte 4. */
export function openFlatbuffer(
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
  { format, identifier }: { readonly format: string; readonly identifier: string },
): Flatbuffer {
  const bad = (why: string) =>
    refused("weights.bad-flatbuffer", {
      message: `${name} is not a sound ${format} file: ${why}.`,
      hint: "Reinstall the package it came with, or fetch the file again.",
      details: { why },
    });
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), bad };
  if (bytes.byteLength < 8) throw bad("it is too short");
  const found = new TextDecoder("latin1").decode(bytes.subarray(4, 8));
  if (found !== identifier) throw bad(`it is marked ${JSON.stringify(found)} instead of "${identifier}"`);
  return { root: tableAt(reader, follow(reader, 0, "root")), bad };
}

function need(reader: Reader, place: { at: number; byteLength: number }, what: string): void {
  const { byteLength } = reader.view;
  if (place.at < 0 || place.at + place.byteLength > byteLength)
    throw reader.bad(`${what} lies at bytes ${place.at} to ${place.at + place.byteLength} of ${byteLength}`);
}

/** Offsets are unsigned and count from their own place, so they only ever lead forward: no chain of them has a cycle. */
function follow(reader: Reader, at: number, what: string): number {
  need(reader, { at, byteLength: 4 }, `the offset of ${what}`);
  const offsetBytes = reader.view.getUint32(at, true);
  if (offsetBytes === 0) throw reader.bad(`the offset of ${what} points at itself`);
  const target = at + offsetBytes;
  need(reader, { at: target, byteLength: 4 }, what);
  return target;
}

type TablePlace = {
  readonly at: number;
  readonly vtableAt: number;
  readonly vtableBytes: number;
  readonly sizeBytes: number;
};

function placeTable(reader: Reader, at: number): TablePlace {
  need(reader, { at, byteLength: 4 }, "a table");
  const vtableAt = at - reader.view.getInt32(at, true);
  need(reader, { at: vtableAt, byteLength: 4 }, "the field list of a table");
  const vtableBytes = reader.view.getUint16(vtableAt, true);
  const sizeBytes = reader.view.getUint16(vtableAt + 2, true);
  if (vtableBytes < 4 || vtableBytes % 2 !== 0 || vtableBytes > limits.vtableBytes)
    throw reader.bad(`a table's field list claims ${vtableBytes} bytes`);
  need(reader, { at: vtableAt, byteLength: vtableBytes }, "the field list of a table");
  if (sizeBytes < 4) throw reader.bad(`a table claims ${sizeBytes} bytes`);
  need(reader, { at, byteLength: sizeBytes }, "a table");
  return { at, vtableAt, vtableBytes, sizeBytes };
}

/** Where the field lies inside the table; undefined when it is absent. */
function fieldAt(reader: Reader, place: TablePlace, { field, byteLength }: { field: number; byteLength: number }) {
  const entry = 4 + 2 * field;
  if (entry + 2 > place.vtableBytes) return undefined;
  const offsetBytes = reader.view.getUint16(place.vtableAt + entry, true);
  if (offsetBytes === 0) return undefined;
  if (offsetBytes < 4 || offsetBytes + byteLength > place.sizeBytes)
    throw reader.bad(`field ${field} of a table lies at byte ${offsetBytes} of its ${place.sizeBytes}`);
  return place.at + offsetBytes;
}

type VectorKind = { readonly what: string; readonly elementBytes: number; readonly maxLength: number };

function vectorAt(reader: Reader, at: number, { what, elementBytes, maxLength }: VectorKind) {
  const start = follow(reader, at, what);
  const length = reader.view.getUint32(start, true);
  if (length > maxLength) throw reader.bad(`${what} claims ${length} elements, more than ${maxLength}`);
  need(reader, { at: start + 4, byteLength: length * elementBytes }, what);
  return { at: start + 4, length };
}

function tableAt(reader: Reader, at: number): FlatTable {
  const place = placeTable(reader, at);
  const { view } = reader;
  const scalar =
    (byteLength: number, read: (at: number) => number) =>
    (field: number, absent = 0): number => {
      const where = fieldAt(reader, place, { field, byteLength });
      return where === undefined ? absent : read(where);
    };
  const vector = (field: number, kind: VectorKind) => {
    const where = fieldAt(reader, place, { field, byteLength: 4 });
    return where === undefined ? undefined : vectorAt(reader, where, kind);
  };
  const bytesOf = (field: number, kind: VectorKind) => {
    const found = vector(field, kind);
    return found && new Uint8Array(view.buffer, view.byteOffset + found.at, found.length);
  };
  return {
    int8: scalar(1, (where) => view.getInt8(where)),
    int32: scalar(4, (where) => view.getInt32(where, true)),
    float32: scalar(4, (where) => view.getFloat32(where, true)),
    uint64: scalar(8, (where) => exact(reader, view.getBigUint64(where, true))),
    text: (field) => {
      const bytes = bytesOf(field, { what: "a text", elementBytes: 1, maxLength: limits.textBytes });
      return bytes && new TextDecoder().decode(bytes);
    },
    int32s: (field) => {
      const found = vector(field, { what: "a list of numbers", elementBytes: 4, maxLength: limits.vectorLength });
      return found && Array.from({ length: found.length }, (_, index) => view.getInt32(found.at + 4 * index, true));
    },
    bytes: (field) => bytesOf(field, { what: "a run of bytes", elementBytes: 1, maxLength: view.byteLength }),
    table: (field) => {
      const where = fieldAt(reader, place, { field, byteLength: 4 });
      return where === undefined ? undefined : tableAt(reader, follow(reader, where, "a table"));
    },
    tables: (field) => {
      const found = vector(field, { what: "a list of tables", elementBytes: 4, maxLength: limits.vectorLength });
      return Array.from({ length: found?.length ?? 0 }, (_, index) =>
        tableAt(reader, follow(reader, (found?.at ?? 0) + 4 * index, "a table")),
      );
    },
  };
}

function exact(reader: Reader, value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw reader.bad(`${value} is no size of anything in it`);
  return Number(value);
}
