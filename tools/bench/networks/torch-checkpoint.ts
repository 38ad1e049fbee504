// Writes a checkpoint as torch.save does, of any size: a stored zip, 64-bit where it must be, tensors streamed and aligned.
import { open } from "node:fs/promises";
import { crc32 } from "node:zlib";
import type { Weight } from "../../../src/core/onnx/index.ts";
import { bytesOf, littleEndian, op, tensorOps } from "../../../test/support/hostile-weights.ts";

/** torch maps storages into memory when they begin on such a boundary. */
const alignment = 64;
const largest32 = 0xffffffff;
const localBytes = 30;

const countOf = (dims: readonly number[]): number => dims.reduce((count, size) => count * size, 1);

/** {"global_step": 0, "state_dict": {key: tensor}} with storages "0", "1", ... in order. Stacks hold few items at a time. */
function pickleOf(weights: readonly Weight[]): Uint8Array {
  const items = weights.flatMap(({ key, dims }, index) => {
    const strides = dims.map((_, axis) => countOf(dims.slice(axis + 1)));
    return [op.text(key), tensorOps({ key: String(index), elements: countOf(dims), dims, strides }), op.setItem];
  });
  const steps = [op.text("global_step"), op.int(0), op.setItem];
  const state = [op.text("state_dict"), op.emptyDict, ...items, op.setItem];
  return bytesOf(op.proto(), op.emptyDict, ...steps, ...state, op.stop);
}

type Entry = { readonly name: string; readonly byteLength: number; readonly pieces: AsyncIterable<Uint8Array> };
type Placed = {
  readonly name: string;
  readonly byteLength: number;
  readonly offsetBytes: number;
  readonly crc: number;
};

async function* one(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

/** What the local header and the directory say alike: no flags, stored, no date, checksum, sizes. */
const common = (crc: number, byteLength: number): Uint8Array =>
  bytesOf(new Uint8Array(8), littleEndian(crc, 4), littleEndian(byteLength, 4), littleEndian(byteLength, 4));

function localHeader({ name, byteLength, offsetBytes, crc }: Placed): Uint8Array {
  const unpadded = offsetBytes + localBytes + name.length + 4;
  const padding = (alignment - (unpadded % alignment)) % alignment;
  const lengths = [littleEndian(name.length, 2), littleEndian(4 + padding, 2)];
  const extra = bytesOf("FB", littleEndian(padding, 2), new Uint8Array(padding));
  return bytesOf("PK\x03\x04", littleEndian(20, 2), common(crc, byteLength), ...lengths, name, extra);
}

function centralRecord({ name, byteLength, offsetBytes, crc }: Placed): Uint8Array {
  const isFar = offsetBytes >= largest32;
  const extra = isFar ? bytesOf(littleEndian(1, 2), littleEndian(8, 2), littleEndian(BigInt(offsetBytes), 8)) : "";
  const versions = [littleEndian(45, 2), littleEndian(45, 2)];
  const lengths = [littleEndian(name.length, 2), littleEndian(extra.length, 2), new Uint8Array(10)];
  const place = littleEndian(isFar ? largest32 : offsetBytes, 4);
  return bytesOf("PK\x01\x02", ...versions, common(crc, byteLength), ...lengths, place, name, extra);
}

/** The 64-bit end record, its locator, and the plain end record that says to look there. PKWARE APPNOTE 4.3.14 to 4.3.16. */
function endRecords(count: number, directoryBytes: number, offsetBytes: number): Uint8Array {
  const [many, size, from] = [count, directoryBytes, offsetBytes].map((value) => littleEndian(BigInt(value), 8));
  const versions = [littleEndian(45, 2), littleEndian(45, 2), new Uint8Array(8)];
  const end64 = [
    "PK\x06\x06",
    littleEndian(44n, 8),
    ...versions,
    ...[many, many, size, from].filter((x) => x !== undefined),
  ];
  const locator = [
    "PK\x06\x07",
    new Uint8Array(4),
    littleEndian(BigInt(offsetBytes + directoryBytes), 8),
    littleEndian(1, 4),
  ];
  const all = new Uint8Array(12).fill(0xff);
  return bytesOf(...end64, ...locator, "PK\x05\x06", new Uint8Array(4), all, new Uint8Array(2));
}

/** Memory stays at a few megabytes; each tensor is smaller than 4 GiB. */
export async function writeTorchCheckpoint(path: string, weights: readonly Weight[]): Promise<void> {
  await using file = await open(path, "w");
  const placed: Placed[] = [];
  let position = 0;
  const put = async ({ name, byteLength, pieces }: Entry) => {
    const empty = { name: `archive/${name}`, byteLength, offsetBytes: position, crc: 0 };
    position += localHeader(empty).byteLength;
    let crc = 0;
    for await (const piece of pieces) {
      crc = crc32(piece, crc);
      await file.writev([piece], position);
      position += piece.byteLength;
    }
    const entry = { ...empty, crc };
    await file.writev([localHeader(entry)], entry.offsetBytes);
    placed.push(entry);
  };
  const small = (name: string, bytes: Uint8Array) => put({ name, byteLength: bytes.byteLength, pieces: one(bytes) });
  await small("data.pkl", pickleOf(weights));
  await small("byteorder", bytesOf("little"));
  for (const [index, weight] of weights.entries())
    await put({ name: `data/${index}`, byteLength: 4 * countOf(weight.dims), pieces: weight.read() });
  await small("version", bytesOf("3\n"));
  const directory = bytesOf(...placed.map(centralRecord));
  await file.writev([directory, endRecords(placed.length, directory.byteLength, position)], position);
}
