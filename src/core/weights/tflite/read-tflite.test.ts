// The TFLite reader against sound and hostile files: everything unsound is refused by name, and nothing else is thrown.
import { describe, expect, test } from "vitest";
import { DubError } from "../../../shared/failure/index.ts";
import { randomFrom } from "../../base/index.ts";
import {
  code,
  convOptions,
  flatbufferOf,
  flexMap,
  int32,
  int32s,
  operator,
  run,
  soundOperators,
  soundTensors,
  table,
  tables,
  tensor,
  tfliteOf,
  uint64,
} from "../../../../test/support/hostile-tflite.ts";
import { memoryByteSource } from "../byte-source.ts";
import { readTflite } from "./read-tflite.ts";

const read = (bytes: Uint8Array) => readTflite(memoryByteSource("model.tflite", bytes));

test("a sound model is read into tensors, constants and operators with their options", () => {
  const model = read(tfliteOf());
  expect(model.tensors.map(({ name }) => name)).toEqual(["picture", "half weight", "weight", "convolved", "moved"]);
  expect(model.tensors[1]).toMatchObject({ dtype: "float16", dims: [1, 1, 1, 1], data: Uint8Array.of(0, 0x3c) });
  expect(model.operators[1]).toEqual({
    op: "CONV_2D",
    inputs: [0, 2, -1],
    outputs: [3],
    options: { padding: "same", strides: [1, 1], dilations: [1, 1], activation: "relu" },
  });
  expect(model.operators[2]).toMatchObject({ op: "CUSTOM", name: "Move", version: 2, options: new Map([["n", 7]]) });
});

const withTensor = (index: number, node: Parameters<typeof tensor>[1]) =>
  tfliteOf({ tensors: tables(soundTensors.with(index, tensor("hostile", node))) });
const withOperator = (index: number, node: Parameters<typeof operator>[0]) =>
  tfliteOf({ operators: tables(soundOperators.with(index, operator(node))) });
const withOptions = (options: typeof convOptions, optionsType = 1) =>
  withOperator(1, { code: 1, inputs: [0, 2, -1], outputs: [3], optionsType, options });
const withFlex = (...bytes: readonly number[]) =>
  withOperator(2, { code: 2, inputs: [3], outputs: [4], custom: run(Uint8Array.from(bytes)) });
const flexWith = (index: number, byte: number) => withFlex(...flexMap.with(index, byte));
const weightBuffers = (bytes: Uint8Array) => tfliteOf({ buffers: tables([table([]), table([run(bytes)])]) });

/** What is wrong -> a file, and what its refusal must say. */
const hostile: Readonly<Record<string, readonly [Uint8Array, RegExp]>> = {
  "no bytes": [new Uint8Array(0), /too short/u],
  "another mark": [flatbufferOf(table([]), "GGUF"), /marked "GGUF"/u],
  "a root outside": [tfliteOf({ lies: { offsetBytes: 1 << 20 } }), /root lies at bytes/u],
  "a root that points at itself": [tfliteOf({ lies: { offsetBytes: 0 } }), /points at itself/u],
  "a field list before the file": [tfliteOf({ lies: { backToVtableBytes: 1 << 20 } }), /field list of a table lies/u],
  "a field list after the file": [tfliteOf({ lies: { backToVtableBytes: -(1 << 20) } }), /field list of a table lies/u],
  "a huge field list": [tfliteOf({ lies: { vtableBytes: 0xfffe } }), /field list claims 65534 bytes/u],
  "a field list of odd size": [tfliteOf({ lies: { vtableBytes: 5 } }), /field list claims 5 bytes/u],
  "a field list of no size": [tfliteOf({ lies: { vtableBytes: 0 } }), /field list claims 0 bytes/u],
  "a table without its own head": [tfliteOf({ lies: { sizeBytes: 2 } }), /table claims 2 bytes/u],
  "a table that ends outside": [tfliteOf({ lies: { sizeBytes: 0xffff } }), /a table lies at bytes/u],
  "a field outside its table": [tfliteOf({ lies: { firstFieldBytes: 4000 } }), /field 0 of a table lies at byte 4000/u],
  "a field in the table's head": [tfliteOf({ lies: { firstFieldBytes: 2 } }), /field 0 of a table lies at byte 2/u],
  "another version": [tfliteOf({ version: 4 }), /version 4 instead of 3/u],
  "no graph": [tfliteOf({ subgraphs: tables([]) }), /0 graphs instead of 1/u],
  "two graphs": [tfliteOf({ subgraphs: tables([table([]), table([])]) }), /2 graphs instead of 1/u],
  "a list of graphs outside": [tfliteOf({ subgraphs: tables([], { offsetBytes: 1 << 24 }) }), /list of tables lies/u],
  "more tables than there can be": [tfliteOf({ buffers: tables([], { length: 0xffffffff }) }), /claims 4294967295 el/u],
  "more tables than there are": [
    tfliteOf({ buffers: tables([], { length: 60_000 }) }),
    /list of tables lies at bytes/u,
  ],
  "a list of inputs that ends outside": [tfliteOf({ inputs: int32s([0], { length: 9999 }) }), /list of numbers lies/u],
  "an input that is no tensor": [tfliteOf({ inputs: int32s([99]) }), /names tensor 99 of 5/u],
  "no outputs": [tfliteOf({ outputs: int32s([]) }), /no outputs/u],
  "an output that nobody makes": [tfliteOf({ operators: tables([]) }), /its end reads "moved" before it is made/u],
  "an output that is no tensor": [tfliteOf({ outputs: int32s([-5]) }), /names tensor -5/u],
  "a tensor of unknown type": [withTensor(0, { type: 9 }), /"hostile" is of the type 9/u],
  "a tensor with an axis below 0": [withTensor(0, { dims: [1, -2] }), /-2 is no length of an axis/u],
  "a tensor with nothing in it": [withTensor(0, { dims: [1, 0] }), /"hostile" is empty/u],
  "a tensor with too many axes": [withTensor(0, { dims: Array.from({ length: 40 }, () => 1) }), /40 axes/u],
  "a tensor whose size overflows": [withTensor(0, { dims: Array.from({ length: 8 }, () => 2 ** 30) }), /overflows/u],
  "a tensor without its buffer": [withTensor(1, { type: 1, buffer: 7 }), /points at buffer 7 of 2/u],
  "a tensor with a buffer below 0": [withTensor(1, { type: 1, buffer: -1 }), /points at buffer -1/u],
  "a sparse tensor": [withTensor(1, { dims: [1], type: 1, buffer: 1, sparsity: table([]) }), /sparse/u],
  "a constant that is too short": [weightBuffers(Uint8Array.of(0)), /needs 2 bytes and has 1/u],
  "a constant that is too long": [weightBuffers(new Uint8Array(3)), /needs 2 bytes and has 3/u],
  "a constant that ends outside": [
    tfliteOf({ buffers: tables([table([]), table([run(new Uint8Array(2), { length: 1 << 15 })])]) }),
    /run of bytes claims 32768 elements/u,
  ],
  "a constant outside the flatbuffer": [
    tfliteOf({ buffers: tables([table([undefined, uint64(4096), uint64(2)])]) }),
    /outside the flatbuffer/u,
  ],
  "an operator of no kind": [withOperator(0, { code: 9, inputs: [1], outputs: [2] }), /kind 9 of 3/u],
  "an operator we know but do not read": [
    tfliteOf({ codes: tables([code(6), code(3), code(124)]) }),
    /operator 2 is DENSIFY, which is not read/u,
  ],
  "an operator nobody knows": [tfliteOf({ codes: tables([code(6), code(3), code(200)]) }), /operator 2 is number 200/u],
  "an operator with too few inputs": [
    withOperator(1, { code: 1, inputs: [0], outputs: [3] }),
    /CONV_2D\): it has 1 in/u,
  ],
  "an operator with two outputs": [withOperator(0, { inputs: [1], outputs: [2, 3] }), /1 inputs and 2 outputs/u],
  "an operator that reads itself": [
    withOperator(0, { inputs: [2], outputs: [2] }),
    /operator 0 \(DEQUANTIZE\) reads "weight" before it is made/u,
  ],
  "a cycle of operators": [
    withOperator(1, { code: 1, inputs: [4, 2], outputs: [3], optionsType: 1, options: convOptions }),
    /reads "moved" before it is made/u,
  ],
  "a tensor made twice": [withOperator(2, { code: 2, inputs: [3], outputs: [3] }), /makes "convolved" a second time/u],
  "a constant that is overwritten": [
    withOperator(2, { code: 2, inputs: [3], outputs: [1] }),
    /makes "half weight" a se/u,
  ],
  "options of another operator": [withOptions(convOptions, 5), /options are of the kind 5 instead of 1/u],
  "a stride of 0": [withOptions(table([undefined, int32(0), int32(1)])), /a step or size of 0 pixels/u],
  "a stride beyond reason": [withOptions(table([undefined, int32(1 << 30)])), /a step or size of 1073741824 pixels/u],
  "an unknown activation": [
    withOptions(table([undefined, undefined, undefined, Uint8Array.of(5)])),
    /activation 5 is/u,
  ],
  "an unknown padding": [withOptions(table([Uint8Array.of(7)])), /padding 7 is unknown/u],
  "options too short for a map": [withFlex(1, 2), /too short/u],
  "options that are no map": [flexWith(10, 4), /they are no map/u],
  "options of an unknown width": [flexWith(11, 3), /a width of 3 bytes/u],
  "an option's key outside": [flexWith(3, 200), /offset leads outside/u],
  "options with more values than fit": [flexWith(6, 250), /list ends outside/u],
  "options with more keys than values": [flexWith(2, 2), /keys and values differ/u],
  "an option of another kind": [flexWith(8, 9 << 2), /"n" is of the kind 9/u],
};

describe("a hostile TFLite file is refused by name", () => {
  test.each(Object.entries(hostile))("%s", (_name, [bytes, message]) => {
    expect(() => read(bytes)).toThrow(message);
    expect(() => read(bytes)).toThrow(DubError);
  });
});

test("a model cut off at any byte is refused or, where only padding is lost, read whole", () => {
  const sound = tfliteOf();
  const whole = JSON.stringify(read(sound));
  let refusals = 0;
  for (let byteLength = 0; byteLength < sound.byteLength; byteLength++) {
    const outcome = outcomeOf(sound.slice(0, byteLength));
    if (outcome === "refused") refusals++;
    else expect(JSON.stringify(outcome)).toBe(whole);
  }
  expect(refusals).toBeGreaterThan(sound.byteLength - 8);
});

test("20,000 files with random bytes changed are read or refused, never anything else", () => {
  const sound = tfliteOf();
  const random = randomFrom(7);
  let refusals = 0;
  for (let round = 0; round < 20_000; round++) {
    const bytes = sound.slice();
    const changes = 1 + Math.floor(random.uniform() * 4);
    for (let change = 0; change < changes; change++)
      bytes[Math.floor(random.uniform() * bytes.length)] = Math.floor(random.uniform() * 256);
    if (outcomeOf(bytes) === "refused") refusals++;
  }
  expect(refusals).toBeGreaterThan(2_000);
});

/** Throws what is no refusal on to the test. */
function outcomeOf(bytes: Uint8Array) {
  try {
    return read(bytes);
  } catch (error) {
    if (error instanceof DubError && error.kind === "refused") return "refused";
    throw error;
  }
}
