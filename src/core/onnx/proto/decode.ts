// Reads messages of the schema from protobuf's wire format: bounded, unknown fields skipped, anything torn refused.
import { refused } from "../../../shared/failure/index.ts";
import type { FieldSpec, Message, MessageName, ScalarKind } from "./schema.ts";
import { messages } from "./schema.ts";

export type DecodeLimits = {
  /** Messages and list items together: two bytes on the wire can cost a hundred in memory. */
  readonly maxItems: number;
  /** Messages inside messages. */
  readonly maxDepth: number;
};

export const decodeLimits: DecodeLimits = { maxItems: 4_000_000, maxDepth: 16 };

type Cursor = {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  at: number;
  items: number;
  readonly limits: DecodeLimits;
};

const torn = (why: string, at: number) =>
  refused("onnx.malformed", {
    message: `The ONNX file is damaged: ${why} at byte ${at}.`,
    hint: "Fetch the file again.",
    details: { at },
  });

/** Up to ten groups of seven bits; the value as a bigint of 64 bits, unsigned. */
function readVarint(cursor: Cursor, limit: number): bigint {
  let low = 0;
  for (let group = 0; group < 4; group += 1) {
    const byte = nextByte(cursor, limit);
    low |= (byte & 127) << (7 * group);
    if (byte < 128) return BigInt(low);
  }
  let value = BigInt(low);
  for (let group = 4; group < 10; group += 1) {
    const byte = nextByte(cursor, limit);
    value |= BigInt(byte & 127) << BigInt(7 * group);
    if (byte < 128) return BigInt.asUintN(64, value);
  }
  throw torn("a number of more than ten bytes", cursor.at);
}

function nextByte(cursor: Cursor, limit: number): number {
  const byte = cursor.at < limit ? cursor.bytes[cursor.at] : undefined;
  if (byte === undefined) throw torn("it ends inside a number", cursor.at);
  cursor.at += 1;
  return byte;
}

function readLength(cursor: Cursor, limit: number): number {
  const length = readVarint(cursor, limit);
  if (length > BigInt(limit - cursor.at))
    throw torn(`a field of ${length} bytes reaches beyond its message`, cursor.at);
  return Number(length);
}

function claim(cursor: Cursor, byteCount: number, limit: number): number {
  const from = cursor.at;
  if (byteCount > limit - from) throw torn("a field reaches beyond its message", from);
  cursor.at += byteCount;
  return from;
}

function count(cursor: Cursor): void {
  cursor.items += 1;
  if (cursor.items > cursor.limits.maxItems)
    throw refused("onnx.too-large", { message: `The ONNX file holds more than ${cursor.limits.maxItems} items.` });
}

const text = new TextDecoder("utf-8", { fatal: true });

function decodeText(bytes: Uint8Array, at: number): string {
  try {
    return text.decode(bytes);
  } catch (cause) {
    throw refused("onnx.malformed", { message: `The ONNX file is damaged: a name at byte ${at} is no UTF-8.`, cause });
  }
}

type ScalarReader = { readonly wire: number; readonly read: (cursor: Cursor, limit: number) => unknown };

const readBytes = (cursor: Cursor, limit: number): Uint8Array => {
  const length = readLength(cursor, limit);
  const from = claim(cursor, length, limit);
  return cursor.bytes.subarray(from, from + length);
};

const scalarReaders: { readonly [K in ScalarKind]: ScalarReader } = {
  // Beyond 2^53 the low bits go; only "to the end" markers are that large.
  int64: { wire: 0, read: (cursor, limit) => Number(BigInt.asIntN(64, readVarint(cursor, limit))) },
  bigint64: { wire: 0, read: (cursor, limit) => BigInt.asIntN(64, readVarint(cursor, limit)) },
  float: { wire: 5, read: (cursor, limit) => cursor.view.getFloat32(claim(cursor, 4, limit), true) },
  double: { wire: 1, read: (cursor, limit) => cursor.view.getFloat64(claim(cursor, 8, limit), true) },
  bytes: { wire: 2, read: readBytes },
  string: { wire: 2, read: (cursor, limit) => decodeText(readBytes(cursor, limit), cursor.at) },
};

const isScalar = (type: string): type is ScalarKind => Object.hasOwn(scalarReaders, type);

const fieldsByNumber = new Map(
  Object.entries(messages).map(([name, fields]): [string, ReadonlyMap<number, readonly [string, FieldSpec]>] => [
    name,
    new Map(Object.entries(fields).map(([key, field]) => [field.number, [key, field] as const])),
  ]),
);

function skip(cursor: Cursor, wire: number, limit: number): void {
  if (wire === 0) readVarint(cursor, limit);
  else if (wire === 1) claim(cursor, 8, limit);
  else if (wire === 5) claim(cursor, 4, limit);
  else if (wire === 2) claim(cursor, readLength(cursor, limit), limit);
  else throw torn(`wire type ${wire} is not used by ONNX`, cursor.at);
}

/** One occurrence of a field: its items (several when packed). */
function readItems(cursor: Cursor, field: FieldSpec, { wire, limit, depth }: Place): readonly unknown[] {
  if (!isScalar(field.type)) {
    if (wire !== 2) throw torn(`field ${field.number} should be a message`, cursor.at);
    const length = readLength(cursor, limit);
    return [readMessage(cursor, field.type, { limit: cursor.at + length, depth: depth + 1 })];
  }
  const reader = scalarReaders[field.type];
  if (wire === reader.wire) return [reader.read(cursor, limit)];
  if (wire !== 2 || field.count === "one") throw torn(`field ${field.number} has wire type ${wire}`, cursor.at);
  const beyond = readLength(cursor, limit) + cursor.at;
  const items: unknown[] = [];
  while (cursor.at < beyond) {
    count(cursor);
    items.push(reader.read(cursor, beyond));
  }
  return items;
}

type Place = { readonly wire: number; readonly limit: number; readonly depth: number };

function readMessage(cursor: Cursor, name: string, { limit, depth }: Omit<Place, "wire">): Record<string, unknown> {
  if (depth > cursor.limits.maxDepth) throw torn("messages nest too deep", cursor.at);
  count(cursor);
  const fields = fieldsByNumber.get(name);
  const lists = new Map<string, unknown[]>();
  const message: Record<string, unknown> = {};
  while (cursor.at < limit) {
    const key = Number(readVarint(cursor, limit));
    const [number, wire] = [Math.floor(key / 8), key % 8];
    if (number === 0) throw torn("a field has number 0", cursor.at);
    const known = fields?.get(number);
    if (known === undefined) {
      skip(cursor, wire, limit);
      continue;
    }
    const [fieldName, field] = known;
    const items = readItems(cursor, field, { wire, limit, depth });
    if (field.count === "one") message[fieldName] = items[0];
    else {
      const list = lists.get(fieldName) ?? [];
      for (const item of items) {
        count(cursor);
        list.push(item);
      }
      lists.set(fieldName, list);
    }
  }
  for (const [fieldName, list] of lists) message[fieldName] = list;
  return message;
}

/** A message from its bytes; byte fields are views into them. Throws `onnx.malformed` or `onnx.too-large`. */
export function decodeMessage<M extends MessageName>(name: M, bytes: Uint8Array, limits = decodeLimits): Message<M> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const cursor: Cursor = { bytes, view, at: 0, items: 0, limits };
  // The reader follows the same schema that Message<M> is made from.
  return readMessage(cursor, name, { limit: bytes.byteLength, depth: 0 }) as Message<M>;
}
