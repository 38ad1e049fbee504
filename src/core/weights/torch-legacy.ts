// Reads what torch.save wrote before release 1.6: five pickles one after the other, then the raw storages.
import { refused } from "../../shared/failure/index.ts";
import { readRange } from "./byte-source.ts";
import type { ByteSource } from "./byte-source.ts";
import { pickleLimits, walkPickleAt } from "./pickle.ts";
import type { PickleValue, StorageRef } from "./pickle-values.ts";
import type { StoredEntry } from "./stored-zip.ts";
import { weightDtypes } from "./tensor-file.ts";
import type { TensorFile } from "./tensor-file.ts";
import { leavesOf, tensorFileOf } from "./torch-tensors.ts";
import type { Leaf } from "./torch-tensors.ts";

/** The pickle of the magic number 0x1950a86a20f9469cfc6c: PROTO 2, LONG1 of ten bytes, STOP. */
export const legacyMagic: readonly number[] = [
  0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e,
];

const protocolVersion = 1001;
const maxStorages = 100_000;

/** Takes the source over: disposing the file closes it. Layout as in torch.serialization's _legacy_save. */
export function readTorchLegacy(source: ByteSource): TensorFile {
  const bad = (why: string) =>
    refused("weights.bad-torch-legacy", {
      message: `${source.name} is not a sound torch checkpoint of before 1.6: ${why}.`,
      hint: "Fetch the file again from its source.",
      details: { why },
    });
  // Only pickles are looked at here, and those end early; but where is for them to say.
  const headBytes = Math.min(source.sizeBytes, pickleLimits.bytes);
  const head = readRange(source, { offsetBytes: 0, byteLength: headBytes });
  if (!legacyMagic.every((byte, index) => head[index] === byte)) throw bad("its magic number is wrong");
  const version = walkPickleAt(source.name, head, legacyMagic.length);
  if (version.value !== protocolVersion) throw bad(`its protocol is not ${protocolVersion}`);
  const system = walkPickleAt(source.name, head, version.nextByte);
  checkSystem(system.value, bad);
  const root = walkPickleAt(source.name, head, system.nextByte);
  const keys = walkPickleAt(source.name, head, root.nextByte);
  const leaves = leavesOf(root.value, bad);
  const storages = placeStorages(source, {
    keys: keysOf(keys.value, bad),
    described: storagesOf(leaves, bad),
    firstByte: keys.nextByte,
    bad,
  });
  return tensorFileOf(source, { format: "torch-legacy", leaves, storageOf: (key) => storages.get(key) });
}

type Bad = (why: string) => Error;

/** {"protocol_version", "little_endian", "type_sizes"} of the machine that wrote the file. */
function checkSystem(value: PickleValue, bad: Bad): void {
  const entries = typeof value === "object" && value.kind === "dict" ? value.entries : undefined;
  if (!entries) throw bad("it does not describe the machine that wrote it");
  if (entries.get("little_endian") !== true) throw bad("its byte order is not little-endian");
}

function keysOf(value: PickleValue, bad: Bad): readonly string[] {
  const items = typeof value === "object" && value.kind === "list" ? value.items : undefined;
  if (!items || items.length > maxStorages) throw bad("it does not list its storages");
  const keys = items.map((key) => {
    if (typeof key !== "string") throw bad("the key of a storage is no text");
    return key;
  });
  if (new Set(keys).size !== keys.length) throw bad("it lists a storage twice");
  return keys;
}

/** What the tensors say about each storage; all must say the same. */
function storagesOf(leaves: readonly Leaf[], bad: Bad): ReadonlyMap<string, StorageRef> {
  const storages = new Map<string, StorageRef>();
  for (const [name, leaf] of leaves) {
    if (typeof leaf !== "object") continue;
    const { storage } = leaf;
    const known = storages.get(storage.key) ?? storage;
    if (known.dtype !== storage.dtype || known.elementCount !== storage.elementCount)
      throw bad(`"${name}" says something else about storage ${storage.key} than another tensor`);
    storages.set(storage.key, known);
  }
  return storages;
}

type Storages = {
  readonly keys: readonly string[];
  readonly described: ReadonlyMap<string, StorageRef>;
  readonly firstByte: number;
  readonly bad: Bad;
};

/** Each storage is its element count in eight bytes and its elements; together they reach the end of the file exactly. */
function placeStorages(source: ByteSource, { keys, described, firstByte, bad }: Storages) {
  const places = new Map<string, StoredEntry>();
  let at = firstByte;
  for (const key of keys) {
    const storage = described.get(key);
    if (!storage) throw bad(`no tensor lies in its storage ${key}`);
    const countBytes = readRange(source, { offsetBytes: at, byteLength: 8 });
    const count = new DataView(countBytes.buffer).getBigUint64(0, true);
    if (count !== BigInt(storage.elementCount))
      throw bad(`storage ${key} holds ${count} elements instead of ${storage.elementCount}`);
    const byteLength = storage.elementCount * weightDtypes[storage.dtype];
    if (!(at + 8 + byteLength <= source.sizeBytes)) throw bad(`storage ${key} reaches beyond the end of the file`);
    places.set(key, { name: key, offsetBytes: at + 8, byteLength });
    at += 8 + byteLength;
  }
  const missing = [...described.keys()].find((key) => !places.has(key));
  if (missing !== undefined) throw bad(`it does not list storage ${missing}`);
  if (at !== source.sizeBytes) throw bad(`its storages end at byte ${at} of ${source.sizeBytes}`);
  return places;
}
