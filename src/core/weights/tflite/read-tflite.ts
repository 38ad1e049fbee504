// Reads a TFLite model into plain values: tensors with their constants, operators with their options, all checked.
import { openByteSource, readRange } from "../byte-source.ts";
import type { ByteSource } from "../byte-source.ts";
import { elementCount } from "../tensor-file.ts";
import { openFlatbuffer } from "./flatbuffer.ts";
import type { Flatbuffer, FlatTable } from "./flatbuffer.ts";
import { readFlexMap } from "./flexbuffer.ts";
import { customCode, describeCode, operatorNamed, tfliteOperators } from "./tflite-operators.ts";
import type { TfliteBuiltin, TfliteOperator } from "./tflite-operators.ts";

/** Bytes of one element, by the schema's TensorType. */
const tensorTypes = {
  0: { dtype: "float32", elementBytes: 4 },
  1: { dtype: "float16", elementBytes: 2 },
  2: { dtype: "int32", elementBytes: 4 },
} as const;

export type TfliteDtype = (typeof tensorTypes)[keyof typeof tensorTypes]["dtype"];

export type TfliteTensor = {
  readonly name: string;
  readonly dtype: TfliteDtype;
  /** In TFLite's own order: pictures are [batch, height, width, channel]. */
  readonly dims: readonly number[];
  /** Little-endian elements of a constant; undefined for what is computed. */
  readonly data: Uint8Array<ArrayBuffer> | undefined;
};

/** One subgraph in execution order: every operator reads only what stands before it. */
export type TfliteModel = {
  readonly name: string;
  readonly tensors: readonly TfliteTensor[];
  readonly operators: readonly TfliteOperator[];
  /** Indices of tensors. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
};

const maxModelBytes = 64 << 20;

export function openTflite(path: string): TfliteModel {
  using source = openByteSource(path);
  return readTflite(source);
}

/** Part of a file that holds several models one after the other, or the whole of it. */
export type TfliteRange = { readonly offsetBytes: number; readonly byteLength: number };

/** Reads the model into memory (a few megabytes). Refuses what is unsound, sparse, quantized, or of an unknown operator. */
export function readTflite(
  source: ByteSource,
  range: TfliteRange = { offsetBytes: 0, byteLength: source.sizeBytes },
): TfliteModel {
  const { name } = source;
  const flat = openFlatbuffer(name, readRange(source, limitRange(range)), { format: "TFLite", identifier: "TFL3" });
  const { root, bad } = flat;
  if (range.byteLength > maxModelBytes) throw bad(`it has ${range.byteLength} bytes, more than ${maxModelBytes}`);
  if (root.int32(0) !== 3) throw bad(`it is of version ${root.int32(0)} instead of 3`);
  const [subgraph, ...others] = root.tables(2);
  if (!subgraph || others.length > 0) throw bad(`it has ${others.length + (subgraph ? 1 : 0)} graphs instead of 1`);
  const buffers = root.tables(4).map((buffer) => readBuffer(buffer, bad));
  const tensors = subgraph.tables(0).map((tensor, index) => readTensor(tensor, { index, buffers, bad }));
  const codes = root.tables(1);
  const operators = subgraph.tables(3).map((operator, index) => readOperator(operator, { name, index, codes, bad }));
  const model = {
    name,
    tensors,
    operators,
    inputs: subgraph.int32s(1) ?? [],
    outputs: subgraph.int32s(2) ?? [],
  };
  checkOrder(model, bad);
  return model;
}

/** One byte over the limit is enough to say that there are too many. */
const limitRange = ({ offsetBytes, byteLength }: TfliteRange): TfliteRange => ({
  offsetBytes,
  byteLength: Math.min(byteLength, maxModelBytes + 1),
});

type Bad = Flatbuffer["bad"];

function readBuffer(buffer: FlatTable, bad: Bad): Uint8Array<ArrayBuffer> {
  if (buffer.uint64(1) > 1 || buffer.uint64(2) > 1) throw bad("a constant lies outside the flatbuffer");
  return buffer.bytes(0) ?? new Uint8Array(0);
}

type TensorPlace = { readonly index: number; readonly buffers: readonly Uint8Array<ArrayBuffer>[]; readonly bad: Bad };

function readTensor(table: FlatTable, { index, buffers, bad }: TensorPlace): TfliteTensor {
  const name = table.text(3) ?? `tensor ${index}`;
  const type = table.int8(1);
  const known = Object.entries(tensorTypes).find(([code]) => Number(code) === type)?.[1];
  if (!known) throw bad(`the tensor "${name}" is of the type ${type}; only floats and int32 are read`);
  const dims = table.int32s(0) ?? [];
  const sizeBytes = elementCount(name, dims) * known.elementBytes;
  if (sizeBytes === 0) throw bad(`the tensor "${name}" is empty`);
  if (table.table(6)) throw bad(`the tensor "${name}" is sparse; use the dense variant of the model`);
  const data = buffers[table.int32(2)];
  if (!data) throw bad(`the tensor "${name}" points at buffer ${table.int32(2)} of ${buffers.length}`);
  if (data.byteLength === 0) return { name, dtype: known.dtype, dims, data: undefined };
  if (data.byteLength !== sizeBytes)
    throw bad(`the tensor "${name}" [${dims.join(", ")}] needs ${sizeBytes} bytes and has ${data.byteLength}`);
  // Elements are read as typed arrays, which want their own alignment.
  return { name, dtype: known.dtype, dims, data: data.slice() };
}

type OperatorPlace = {
  readonly name: string;
  readonly index: number;
  readonly codes: readonly FlatTable[];
  readonly bad: Bad;
};

function readOperator(table: FlatTable, { name, index, codes, bad }: OperatorPlace): TfliteOperator {
  const code = codes[table.int32(0)];
  if (!code) throw bad(`operator ${index} is of kind ${table.int32(0)} of ${codes.length}`);
  // Old files keep the code in a byte, newer ones in 32 bits; the larger holds.
  const number = Math.max(code.int8(0), code.int32(3));
  const wiring = { inputs: table.int32s(1) ?? [], outputs: table.int32s(2) ?? [] };
  if (number === customCode) {
    const bytes = table.bytes(5);
    const options = bytes && bytes.byteLength > 0 ? readFlexMap(name, bytes) : new Map<string, never>();
    return { op: "CUSTOM", name: code.text(1) ?? "", version: code.int32(2, 1), options, ...wiring };
  }
  const op = operatorNamed(number);
  if (!op) throw bad(`operator ${index} is ${describeCode(number)}, which is not read`);
  const rule = tfliteOperators[op];
  const badHere = (why: string) => bad(`operator ${index} (${op}): ${why}`);
  const [fewest, most] = rule.inputs;
  if (wiring.inputs.length < fewest || wiring.inputs.length > most || wiring.outputs.length !== 1)
    throw badHere(`it has ${wiring.inputs.length} inputs and ${wiring.outputs.length} outputs`);
  const optionsTable = table.table(4);
  const isExpected = rule.optionsType === undefined || (optionsTable && table.int8(3) === rule.optionsType);
  if (!isExpected) throw badHere(`its options are of the kind ${table.int8(3)} instead of ${rule.optionsType}`);
  const options = rule.optionsType === undefined || !optionsTable ? {} : rule.options(optionsTable, badHere);
  // The table pairs each name with its options; the compiler cannot follow that pairing through a variable.
  return { op, options, ...wiring } as TfliteBuiltin;
}

/** Every tensor is made once, before it is read, by an operator or as a constant: no cycles, nothing out of nowhere. */
function checkOrder({ tensors, operators, inputs, outputs }: TfliteModel, bad: Bad): void {
  const made = new Set<number>(inputs);
  const nameOf = (index: number) => `"${tensors[index]?.name}"`;
  const mustExist = (index: number) => {
    if (!tensors[index]) throw bad(`it names tensor ${index} of ${tensors.length}`);
  };
  const mustBeThere = (index: number, reader: string) => {
    mustExist(index);
    if (!made.has(index) && !tensors[index]?.data) throw bad(`${reader} reads ${nameOf(index)} before it is made`);
  };
  for (const index of inputs) mustExist(index);
  for (const [position, operator] of operators.entries()) {
    const reader = `operator ${position} (${operator.op})`;
    for (const index of operator.inputs) if (index !== -1) mustBeThere(index, reader);
    for (const index of operator.outputs) {
      mustExist(index);
      if (made.has(index) || tensors[index]?.data) throw bad(`${reader} makes ${nameOf(index)} a second time`);
      made.add(index);
    }
  }
  if (outputs.length === 0) throw bad("it has no outputs");
  for (const index of outputs) mustBeThere(index, "its end");
}
