// Reads the checkpoints that torch.save writes: a stored zip of one pickle and one raw file per storage.
import { assert, refused } from "../../shared/failure/index.ts";
import { readRange } from "./byte-source.ts";
import type { ByteSource } from "./byte-source.ts";
import { pickleLimits, walkPickle } from "./pickle.ts";
import type { PickleValue } from "./pickle-values.ts";
import { readStoredZip } from "./stored-zip.ts";
import type { StoredEntry } from "./stored-zip.ts";
import type { TensorFile } from "./tensor-file.ts";
import { leavesOf, tensorFileOf } from "./torch-tensors.ts";

/** Takes the source over: disposing the file closes it. */
export function readTorchZip(source: ByteSource): TensorFile {
  const zip = readStoredZip(source);
  const root = rootFolder(source, zip);
  checkByteOrder(source, zip.get(`${root}/byteorder`));
  return tensorFileOf(source, {
    format: "torch-zip",
    leaves: leavesOf(readRootValue(source, zip, root), (why) => bad(source, why)),
    storageOf: (key) => zip.get(`${root}/data/${key}`),
  });
}

/** Everything lies in one folder, named after the file when it was saved. */
function rootFolder(source: ByteSource, zip: ReadonlyMap<string, StoredEntry>): string {
  const pickles = [...zip.keys()].filter((name) => name.endsWith("/data.pkl") && name.split("/").length === 2);
  const [first] = pickles;
  if (first === undefined) throw bad(source, "it holds no data.pkl");
  if (pickles.length > 1) throw bad(source, "it holds more than one data.pkl");
  return first.slice(0, -"/data.pkl".length);
}

function checkByteOrder(source: ByteSource, entry: StoredEntry | undefined): void {
  if (!entry) return;
  const order = new TextDecoder().decode(readRange(source, { ...entry, byteLength: Math.min(entry.byteLength, 16) }));
  if (order.trim() !== "little") throw bad(source, `its byte order is "${order}"; only little-endian files are read`);
}

function readRootValue(source: ByteSource, zip: ReadonlyMap<string, StoredEntry>, root: string): PickleValue {
  const entry = zip.get(`${root}/data.pkl`);
  assert(entry, "rootFolder has found it");
  if (entry.byteLength > pickleLimits.bytes) throw bad(source, `its data.pkl has ${entry.byteLength} bytes`);
  return walkPickle(source.name, readRange(source, entry));
}

const bad = (source: ByteSource, why: string) =>
  refused("weights.bad-torch-zip", {
    message: `${source.name} is not a sound torch checkpoint: ${why}.`,
    hint: "Fetch the file again from its source.",
    details: { why },
  });
