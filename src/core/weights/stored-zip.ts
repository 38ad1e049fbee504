// Reads the directory of a zip whose entries are stored, not deflated: the container of torch checkpoints.
import { refused } from "../../shared/failure/index.ts";
import { readRange } from "./byte-source.ts";
import type { ByteSource } from "./byte-source.ts";

export type StoredEntry = {
  readonly name: string;
  readonly offsetBytes: number;
  readonly byteLength: number;
};

const maxEntries = 200_000;
const maxNameBytes = 512;
const maxDirectoryBytes = 64 << 20;

const endSignature = 0x06054b50;
const end64Signature = 0x06064b50;
const locator64Signature = 0x07064b50;
const centralSignature = 0x02014b50;
const localSignature = 0x04034b50;
const endBytes = 22;
const locator64Bytes = 20;
const end64Bytes = 56;
const centralBytes = 46;
const localBytes = 30;
const zip64ExtraId = 1;
const inZip64 = 0xffffffff;

/** Names to places, in the directory's order. Layout as in PKWARE's APPNOTE 6.3.10, sections 4.3.7 to 4.3.16. */
export function readStoredZip(source: ByteSource): ReadonlyMap<string, StoredEntry> {
  const directory = findDirectory(source);
  if (directory.entryCount > maxEntries)
    throw badZip(source, `it has ${directory.entryCount} entries, more than ${maxEntries}`);
  if (directory.byteLength > maxDirectoryBytes)
    throw badZip(source, `its directory has ${directory.byteLength} bytes, more than ${maxDirectoryBytes}`);
  const bytes = readRange(source, directory);
  const entries = new Map<string, StoredEntry>();
  let position = 0;
  for (let index = 0; index < directory.entryCount; index++) {
    const central = parseCentral(source, bytes, position);
    position += central.recordBytes;
    if (entries.has(central.name)) throw badZip(source, `it has two entries named "${central.name}"`);
    entries.set(central.name, locate(source, central));
  }
  checkNoOverlap(source, [...entries.values()]);
  return entries;
}

type Directory = { readonly entryCount: number; readonly offsetBytes: number; readonly byteLength: number };

function findDirectory(source: ByteSource): Directory {
  if (source.sizeBytes < endBytes) throw badZip(source, "it is too short");
  // A comment may follow the end record; checkpoints have none, and a search would let a file mean two things.
  const end = viewAt(source, source.sizeBytes - endBytes, endBytes);
  if (end.getUint32(0, true) !== endSignature)
    throw badZip(source, "its end record is missing, so it is cut off or has something appended");
  if (end.getUint16(4, true) !== 0 || end.getUint16(6, true) !== 0) throw badZip(source, "it spans several disks");
  const small: Directory = {
    entryCount: end.getUint16(10, true),
    byteLength: end.getUint32(12, true),
    offsetBytes: end.getUint32(16, true),
  };
  const needsZip64 = small.entryCount === 0xffff || small.byteLength === inZip64 || small.offsetBytes === inZip64;
  const directory = findDirectory64(source) ?? small;
  if (needsZip64 && directory === small) throw badZip(source, "its zip64 end record is missing");
  return directory;
}

function findDirectory64(source: ByteSource): Directory | undefined {
  const locatorOffset = source.sizeBytes - endBytes - locator64Bytes;
  if (locatorOffset < 0) return undefined;
  const locator = viewAt(source, locatorOffset, locator64Bytes);
  if (locator.getUint32(0, true) !== locator64Signature) return undefined;
  const end64 = viewAt(source, toNumber(source, locator.getBigUint64(8, true)), end64Bytes);
  if (end64.getUint32(0, true) !== end64Signature) throw badZip(source, "its zip64 end record is missing");
  return {
    entryCount: toNumber(source, end64.getBigUint64(32, true)),
    byteLength: toNumber(source, end64.getBigUint64(40, true)),
    offsetBytes: toNumber(source, end64.getBigUint64(48, true)),
  };
}

type Central = {
  readonly name: string;
  readonly byteLength: number;
  readonly localOffsetBytes: number;
  readonly recordBytes: number;
};

function parseCentral(source: ByteSource, bytes: Uint8Array<ArrayBuffer>, position: number): Central {
  if (position + centralBytes > bytes.byteLength) throw badZip(source, "its directory is cut off");
  const view = new DataView(bytes.buffer, bytes.byteOffset + position);
  if (view.getUint32(0, true) !== centralSignature) throw badZip(source, "its directory is damaged");
  const nameBytes = view.getUint16(28, true);
  const extraBytes = view.getUint16(30, true);
  const recordBytes = centralBytes + nameBytes + extraBytes + view.getUint16(32, true);
  if (position + recordBytes > bytes.byteLength) throw badZip(source, "its directory is cut off");
  const nameStart = position + centralBytes;
  const name = parseName(source, bytes.subarray(nameStart, nameStart + nameBytes));
  if ((view.getUint16(8, true) & 1) !== 0) throw badZip(source, `the entry "${name}" is encrypted`);
  if (view.getUint16(10, true) !== 0)
    throw badZip(source, `the entry "${name}" is compressed; checkpoints store their tensors plainly`);
  const extra = bytes.subarray(nameStart + nameBytes, nameStart + nameBytes + extraBytes);
  const sizes = widen(source, extra, {
    plain: view.getUint32(24, true),
    packed: view.getUint32(20, true),
    localOffsetBytes: view.getUint32(42, true),
  });
  if (sizes.plain !== sizes.packed) throw badZip(source, `the entry "${name}" has two different sizes`);
  return { name, byteLength: sizes.plain, localOffsetBytes: sizes.localOffsetBytes, recordBytes };
}

function parseName(source: ByteSource, bytes: Uint8Array): string {
  if (bytes.byteLength === 0 || bytes.byteLength > maxNameBytes)
    throw badZip(source, "an entry's name has a bad length");
  const name = new TextDecoder("utf-8").decode(bytes);
  const isOutside = name.startsWith("/") || name.includes("\\") || name.includes("\0") || name.includes("�");
  if (isOutside || name.split("/").includes(".."))
    throw badZip(source, `an entry has the unacceptable name ${JSON.stringify(name)}`);
  return name;
}

type Sizes = { readonly plain: number; readonly packed: number; readonly localOffsetBytes: number };

/** Sizes of 0xffffffff stand as 64 bits in the zip64 extra field, in the order plain, packed, local offset. */
function widen(source: ByteSource, extra: Uint8Array<ArrayBuffer>, sizes: Sizes): Sizes {
  if (sizes.plain !== inZip64 && sizes.packed !== inZip64 && sizes.localOffsetBytes !== inZip64) return sizes;
  const view = new DataView(extra.buffer, extra.byteOffset, extra.byteLength);
  for (let position = 0; position + 4 <= extra.byteLength;) {
    const fieldBytes = view.getUint16(position + 2, true);
    const fieldEnd = position + 4 + fieldBytes;
    if (view.getUint16(position, true) === zip64ExtraId && fieldEnd <= extra.byteLength) {
      let next = position + 4;
      const take = (small: number): number => {
        if (small !== inZip64) return small;
        if (next + 8 > fieldEnd) throw badZip(source, "a zip64 field is too short");
        next += 8;
        return toNumber(source, view.getBigUint64(next - 8, true));
      };
      return { plain: take(sizes.plain), packed: take(sizes.packed), localOffsetBytes: take(sizes.localOffsetBytes) };
    }
    position = fieldEnd;
  }
  throw badZip(source, "an entry's zip64 field is missing");
}

/** Steps over the local header, whose name must agree with the directory's. */
function locate(source: ByteSource, central: Central): StoredEntry {
  const header = viewAt(source, central.localOffsetBytes, localBytes);
  if (header.getUint32(0, true) !== localSignature)
    throw badZip(source, `the entry "${central.name}" does not lie where the directory says`);
  const nameBytes = header.getUint16(26, true);
  const nameOffset = central.localOffsetBytes + localBytes;
  const localName = new TextDecoder().decode(readRange(source, { offsetBytes: nameOffset, byteLength: nameBytes }));
  if (localName !== central.name)
    throw badZip(source, `the entry "${central.name}" calls itself "${localName}" where it lies`);
  const offsetBytes = nameOffset + nameBytes + header.getUint16(28, true);
  if (offsetBytes + central.byteLength > source.sizeBytes)
    throw badZip(source, `the entry "${central.name}" reaches beyond the end of the file`);
  return { name: central.name, offsetBytes, byteLength: central.byteLength };
}

function checkNoOverlap(source: ByteSource, entries: readonly StoredEntry[]): void {
  let busyUntil = 0;
  for (const entry of entries.toSorted((a, b) => a.offsetBytes - b.offsetBytes)) {
    if (entry.offsetBytes < busyUntil) throw badZip(source, `the entry "${entry.name}" overlaps another`);
    busyUntil = entry.offsetBytes + entry.byteLength;
  }
}

function viewAt(source: ByteSource, offsetBytes: number, byteLength: number): DataView {
  return new DataView(readRange(source, { offsetBytes, byteLength }).buffer);
}

function toNumber(source: ByteSource, value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw badZip(source, `${value} is no size of a file`);
  return Number(value);
}

const badZip = (source: ByteSource, why: string) =>
  refused("weights.bad-torch-zip", {
    message: `${source.name} is not a sound torch checkpoint: ${why}.`,
    hint: "Fetch the file again from its source.",
    details: { why },
  });
