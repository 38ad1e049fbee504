// Safetensors: what sound files yield, and that every hostile one is refused by a message that names the cause.
import { describe, expect, test } from "vitest";
import { bytesOf, littleEndian, safetensorsOf } from "../../../test/support/hostile-weights.ts";
import { below, memoryByteSource, readTensorBytes, readTensorFile } from "./index.ts";

const open = (bytes: Uint8Array) => readTensorFile(memoryByteSource("test.safetensors", bytes));

const tensor = (begin: number, endOffset: number, more: object = {}) => ({
  dtype: "F32",
  shape: [(endOffset - begin) / 4],
  data_offsets: [begin, endOffset],
  ...more,
});
const data = new Uint8Array(Float32Array.of(1, 2, 3).buffer);

test("a sound file yields its tensors and its metadata", () => {
  const header = { __metadata__: { family: "demo" }, "a.w": tensor(0, 4), "a.b": tensor(4, 12) };
  using file = open(safetensorsOf(header, data));
  expect(file.scalars.get("family")).toBe("demo");
  expect([...new Float32Array(readTensorBytes(file, "a.b").buffer)]).toEqual([2, 3]);
  expect([...below(file, "a.").entries.keys()]).toEqual(["w", "b"]);
  expect(() => readTensorBytes(file, "c")).toThrow('no tensor "c"');
});

test("a scalar and an empty tensor are tensors too", () => {
  const header = { s: tensor(0, 4, { shape: [] }), e: tensor(4, 4, { shape: [0, 3] }) };
  using file = open(safetensorsOf(header, data.subarray(0, 4)));
  expect(file.entries.get("s")?.dims).toEqual([]);
  expect(readTensorBytes(file, "e").byteLength).toBe(0);
});

const hostile: Readonly<Record<string, readonly [Uint8Array, string]>> = {
  "no bytes": [new Uint8Array(0), "neither"],
  "a header longer than the file": [bytesOf(littleEndian(1000, 8), "{}"), "ends at byte 10"],
  "a header of 2^63 bytes": [bytesOf(littleEndian(1n << 63n, 8), "{}"), "more than 16777216"],
  "a header that does not begin with a brace": [safetensorsOf(" {}", data), "neither"],
  "a header that is an array inside braces": [safetensorsOf("{[]}", data), "JSON object"],
  "a header that is not UTF-8": [bytesOf(littleEndian(4, 8), "{", 0xff, 0xfe, "}"), "UTF-8"],
  "the same tensor twice": [
    safetensorsOf(`{"a":${JSON.stringify(tensor(0, 12))},"a":${JSON.stringify(tensor(0, 12))}}`, data),
    '"a" twice',
  ],
  "a hole between tensors": [safetensorsOf({ a: tensor(0, 4), b: tensor(8, 12) }, data), "a hole"],
  "a hole at the start": [safetensorsOf({ a: tensor(4, 12) }, data), "a hole"],
  "tensors that overlap": [safetensorsOf({ a: tensor(0, 8), b: tensor(4, 12) }, data), "an overlap"],
  "bytes after the last tensor": [safetensorsOf({ a: tensor(0, 8) }, data), "tensors end at"],
  "a tensor beyond the end": [safetensorsOf({ a: tensor(0, 16) }, data), "tensors end at"],
  "a shape of another size": [safetensorsOf({ a: tensor(0, 12, { shape: [4] }) }, data), "needs 16 bytes"],
  "a shape that overflows": [safetensorsOf({ a: tensor(0, 12, { shape: [2 ** 30, 2 ** 30] }) }, data), "overflows"],
  "a negative dim": [safetensorsOf({ a: tensor(0, 12, { shape: [-3] }) }, data), "-3"],
  "a fractional dim": [safetensorsOf({ a: tensor(0, 12, { shape: [1.5, 2] }) }, data), "1.5"],
  "an unknown dtype": [safetensorsOf({ a: tensor(0, 12, { dtype: "F8_E4M3" }) }, data), "F8_E4M3"],
  "a dtype named like a method of objects": [
    safetensorsOf({ a: tensor(0, 12, { dtype: "toString" }) }, data),
    "toString",
  ],
  "offsets that run backwards": [safetensorsOf({ a: tensor(12, 0, { shape: [3] }) }, data), "impossible range"],
  "an entry with more than it should have": [safetensorsOf({ a: tensor(0, 12, { extra: 1 }) }, data), "malformed"],
  "metadata that is not text": [safetensorsOf({ __metadata__: { a: 1 }, a: tensor(0, 12) }, data), "malformed"],
};

describe("a safetensors file with", () => {
  test.each(Object.entries(hostile))("%s is refused", (_name, [bytes, words]) => {
    expect(() => open(bytes)).toThrow(words);
  });
});

test("a file cut off at any byte is refused", () => {
  const sound = safetensorsOf({ a: tensor(0, 12) }, data);
  for (let length = 0; length < sound.byteLength; length++) expect(() => open(sound.subarray(0, length))).toThrow();
});
