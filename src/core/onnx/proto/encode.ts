// Writes messages of the schema in protobuf's wire format, as a rope: big tensors stay streams until they reach the file.
import { assert } from "../../../shared/failure/index.ts";
import type { ByteStream, FieldSpec, Message, MessageName, ScalarKind } from "./schema.ts";
import { messages } from "./schema.ts";

/** Bytes in order, some of them not in memory yet. */
export type Rope = { readonly byteLength: number; readonly parts: readonly (Uint8Array | ByteStream)[] };

const join = (ropes: readonly Rope[]): Rope => ({
  byteLength: ropes.reduce((total, rope) => total + rope.byteLength, 0),
  parts: ropes.flatMap((rope) => rope.parts),
});

const leaf = (part: Uint8Array | ByteStream): Rope => ({ byteLength: part.byteLength, parts: [part] });

/** Base 128, low groups first, high bit = more follows; negative numbers as 64-bit two's complement. */
export function varint(value: number | bigint): Uint8Array {
  const bytes: number[] = [];
  if (typeof value === "number" && value >= 0 && value < 2 ** 31) {
    let rest = value;
    for (; rest >= 128; rest >>>= 7) bytes.push((rest & 127) | 128);
    bytes.push(rest);
    return Uint8Array.from(bytes);
  }
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

const text = new TextEncoder();
const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer);

function fixed(size: 4 | 8, value: number): Uint8Array {
  const bytes = new Uint8Array(size);
  if (size === 4) viewOf(bytes).setFloat32(0, value, true);
  else viewOf(bytes).setFloat64(0, value, true);
  return bytes;
}

type Scalar = number | bigint | string | Uint8Array | ByteStream;

const isStream = (value: Scalar): value is Uint8Array | ByteStream => typeof value === "object";

/** Wire type and payload (without length) of every scalar kind. */
const scalarCodecs: {
  readonly [K in ScalarKind]: { readonly wire: number; readonly encode: (value: Scalar) => Rope };
} = {
  int64: { wire: 0, encode: (value) => leaf(varint(wholeNumber(value))) },
  bigint64: { wire: 0, encode: (value) => leaf(varint(wholeNumber(value))) },
  float: { wire: 5, encode: (value) => leaf(fixed(4, Number(value))) },
  double: { wire: 1, encode: (value) => leaf(fixed(8, Number(value))) },
  string: { wire: 2, encode: (value) => leaf(text.encode(typeof value === "string" ? value : "")) },
  bytes: { wire: 2, encode: (value) => leaf(isStream(value) ? value : new Uint8Array()) },
};

function wholeNumber(value: Scalar): number | bigint {
  if (typeof value === "number" && Number.isSafeInteger(value)) return value;
  assert(typeof value === "bigint", `a ${typeof value} is no integer that fits`);
  return value;
}

const isMessage = (type: string): type is MessageName => Object.hasOwn(messages, type);
const isScalar = (type: string): type is ScalarKind => Object.hasOwn(scalarCodecs, type);

const tag = (number: number, wire: number): Rope => leaf(varint(number * 8 + wire));

const delimited = (number: number, body: Rope): Rope => join([tag(number, 2), leaf(varint(body.byteLength)), body]);

function encodeItem({ number, type }: FieldSpec, item: unknown): Rope {
  if (isMessage(type)) return delimited(number, encodeFields(type, item as Readonly<Record<string, unknown>>));
  assert(isScalar(type), `the schema names an unknown type "${type}"`);
  const { wire, encode } = scalarCodecs[type];
  const body = encode(item as Scalar);
  return wire === 2 ? delimited(number, body) : join([tag(number, wire), body]);
}

function encodeField(field: FieldSpec, value: unknown): Rope {
  if (field.count === "one") return encodeItem(field, value);
  const items = value as readonly unknown[];
  if (field.count === "many") return join(items.map((item) => encodeItem(field, item)));
  if (items.length === 0) return join([]);
  const { type } = field;
  assert(isScalar(type), `only scalars can be packed, not "${type}"`);
  return delimited(field.number, join(items.map((item) => scalarCodecs[type].encode(item as Scalar))));
}

function encodeFields(name: MessageName, values: Readonly<Record<string, unknown>>): Rope {
  const fields: readonly [string, FieldSpec][] = Object.entries(messages[name]);
  return join(fields.flatMap(([key, field]) => (values[key] === undefined ? [] : [encodeField(field, values[key])])));
}

/** A message in wire format. Fields are written in the schema's order, absent ones left out. */
export const encodeMessage = <M extends MessageName>(name: M, message: Message<M>): Rope => encodeFields(name, message);

/** The rope in pieces of about `pieceBytes`: small parts joined, streams as they come. */
export async function* ropePieces(rope: Rope, signal?: AbortSignal, pieceBytes = 1 << 20): AsyncIterable<Uint8Array> {
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  for (const part of rope.parts) {
    if (part instanceof Uint8Array && part.byteLength < pieceBytes) {
      pending.push(part);
      pendingBytes += part.byteLength;
      if (pendingBytes < pieceBytes) continue;
    }
    if (pendingBytes > 0) yield Buffer.concat(pending, pendingBytes);
    const taken = pending.at(-1) === part;
    pending = [];
    pendingBytes = 0;
    if (taken) continue;
    if (part instanceof Uint8Array) yield part;
    else yield* checkedStream(part, signal);
  }
  if (pendingBytes > 0) yield Buffer.concat(pending, pendingBytes);
}

/** A stream that must give exactly the bytes it promised, or every byte after it would be misread. */
async function* checkedStream(stream: ByteStream, signal: AbortSignal | undefined): AsyncIterable<Uint8Array> {
  let seenBytes = 0;
  for await (const piece of stream.read(signal)) {
    signal?.throwIfAborted();
    seenBytes += piece.byteLength;
    yield piece;
  }
  assert(seenBytes === stream.byteLength, `a tensor of ${stream.byteLength} bytes gave ${seenBytes} bytes`);
}

/** The whole rope in memory. */
export async function ropeBytes(rope: Rope, signal?: AbortSignal): Promise<Uint8Array> {
  const bytes = new Uint8Array(rope.byteLength);
  let at = 0;
  for await (const piece of ropePieces(rope, signal)) {
    bytes.set(piece, at);
    at += piece.byteLength;
  }
  return bytes;
}
