// Weights made from weights while they are read: nothing is computed before the file is written, or held after.
import { assert, refused } from "../../../shared/failure/index.ts";
import { float16ToFloat32, float32ToFloat16 } from "../../tensor/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { bytesOf, dtypes, tensorFromValues, valuesOf } from "./dtype.ts";
import type { Weight } from "./weights.ts";
import { readWeight } from "./weights.ts";

/** Pieces cut so that no element lies across two of them. */
async function* wholeElements(pieces: AsyncIterable<Uint8Array>, elementBytes: number): AsyncIterable<Uint8Array> {
  let rest = new Uint8Array();
  for await (const piece of pieces) {
    const joined = rest.byteLength === 0 ? piece : Buffer.concat([rest, piece]);
    const wholeBytes = joined.byteLength - (joined.byteLength % elementBytes);
    // A copy lies at the start of its own buffer, as typed arrays need it.
    if (wholeBytes > 0) yield Uint8Array.from(joined.subarray(0, wholeBytes));
    rest = Uint8Array.from(joined.subarray(wholeBytes));
  }
  assert(rest.byteLength === 0, `a weight ends within an element of ${elementBytes} bytes`);
}

/** Halves of a piece; a number beyond 65504 would become infinite and spoil every take, so it is refused. */
function toHalf(piece: Uint8Array, key: string): Uint8Array {
  const source = new Float32Array(piece.buffer as ArrayBuffer);
  const halves = float32ToFloat16(source);
  const lost = halves.findIndex((bits, i) => (bits & 0x7fff) === 0x7c00 && Number.isFinite(source[i]));
  if (lost >= 0)
    throw refused("onnx.half-overflow", {
      message: `The tensor "${key}" holds ${source[lost]}; half precision ends at 65504.`,
      hint: "Use this network in float32.",
      details: { key },
    });
  return bytesOfArray(halves);
}

const toSingle = (piece: Uint8Array): Uint8Array => bytesOfArray(float16ToFloat32(new Uint16Array(piece.buffer)));
const bytesOfArray = (array: Uint16Array | Float32Array): Uint8Array => new Uint8Array(array.buffer);

/** The weight in another float width, converted piece by piece; itself when it has it already. */
export function castWeight(weight: Weight, to: "float32" | "float16"): Weight {
  if (weight.dtype === to) return weight;
  assert(weight.dtype === "float32" || weight.dtype === "float16", `${weight.key} is ${weight.dtype}, not a float`);
  const [elementBytes, convert] = to === "float16" ? [4, toHalf] : [2, toSingle];
  async function* read(signal?: AbortSignal): AsyncIterable<Uint8Array> {
    for await (const piece of wholeElements(weight.read(signal), elementBytes)) yield convert(piece, weight.key);
  }
  return { key: `${weight.key} (${to})`, dtype: to, dims: weight.dims, read };
}

/** A weight computed from the whole of another one, which is in memory only while this one is read. */
export function mapWeight(
  weight: Weight,
  made: Pick<Weight, "key" | "dtype" | "dims">,
  change: (tensor: Tensor) => ArrayLike<number>,
): Weight {
  async function* read(signal?: AbortSignal): AsyncIterable<Uint8Array> {
    yield bytesOf(tensorFromValues(made.dtype, made.dims, change(await readWeight(weight, signal))));
  }
  return { ...made, read };
}

/** Turns in blocks of 32 x 32, which stay in the nearest cache: a checkpoint is turned about as fast as it is read. */
function turnBlocks<T extends Int8Array | Uint16Array | Uint32Array>(source: T, target: T, rows: number): void {
  const columns = source.length / rows;
  const block = 32;
  for (let row = 0; row < rows; row += block)
    for (let column = 0; column < columns; column += block) {
      const [lastRow, lastColumn] = [Math.min(row + block, rows), Math.min(column + block, columns)];
      for (let r = row; r < lastRow; r += 1)
        for (let c = column; c < lastColumn; c += 1) target[c * rows + r] = source[r * columns + c] ?? 0;
    }
}

/** [rows, columns] -> [columns, rows]. */
export function transposeWeight(weight: Weight): Weight {
  const [rows = 0, columns = 0] = weight.dims;
  assert(weight.dims.length === 2, `${weight.key} is no matrix`);
  const words = { 2: Uint16Array, 4: Uint32Array } as const;
  const { bytes } = dtypes[weight.dtype];
  assert(bytes === 2 || bytes === 4, `${weight.key}: ${weight.dtype} is turned nowhere`);
  async function* read(signal?: AbortSignal): AsyncIterable<Uint8Array> {
    const { data } = await readWeight(weight, signal);
    const target = new words[bytes as 2 | 4](data.length);
    turnBlocks(new words[bytes as 2 | 4](data.buffer as ArrayBuffer, data.byteOffset, data.length), target, rows);
    yield new Uint8Array(target.buffer);
  }
  return { key: `${weight.key} (transposed)`, dtype: weight.dtype, dims: [columns, rows], read };
}

/** Rows from (inclusive) to (exclusive) of [rows, ...]; the others are read past and held nowhere. */
export function sliceRowsOfWeight(weight: Weight, fromRow: number, toRow: number): Weight {
  const [rows = 1, ...rest] = weight.dims;
  assert(fromRow >= 0 && fromRow <= toRow && toRow <= rows, `${weight.key} has no rows ${fromRow} to ${toRow}`);
  const rowBytes = rest.reduce((bytes, size) => bytes * size, dtypes[weight.dtype].bytes);
  async function* read(signal?: AbortSignal): AsyncIterable<Uint8Array> {
    let at = 0;
    for await (const piece of weight.read(signal)) {
      const wanted = piece.subarray(Math.max(0, fromRow * rowBytes - at), Math.max(0, toRow * rowBytes - at));
      if (wanted.byteLength > 0) yield wanted;
      at += piece.byteLength;
    }
  }
  return {
    key: `${weight.key} (rows ${fromRow} to ${toRow})`,
    dtype: weight.dtype,
    dims: [toRow - fromRow, ...rest],
    read,
  };
}

/** The largest size of each row of [rows, ...], over 127: the scale of symmetric 8-bit weights per row. */
function rowScales(values: Float64Array, rows: number): Float32Array {
  const run = values.length / rows;
  const scales = new Float32Array(rows);
  for (let row = 0; row < rows; row += 1) {
    let largest = 0;
    for (let i = row * run; i < (row + 1) * run; i += 1) largest = Math.max(largest, Math.abs(values[i] ?? 0));
    scales[row] = largest === 0 ? 1 : largest / 127;
  }
  return scales;
}

/** A float weight [rows, ...] as s8 with one scale per row: w = values * scale. Rows stay rows, or become columns. */
export function quantiseRows(
  weight: Weight,
  layout: "rows" | "columns",
): { readonly values: Weight; readonly scales: Weight } {
  const [rows = 1] = weight.dims;
  const run = weight.dims.slice(1).reduce((count, size) => count * size, 1);
  const dims = layout === "rows" ? weight.dims : [run, rows];
  const scales = mapWeight(weight, { key: `${weight.key} (scales)`, dtype: "float32", dims: [rows] }, (tensor) =>
    rowScales(valuesOf(tensor), rows),
  );
  const values = mapWeight(weight, { key: `${weight.key} (s8 ${layout})`, dtype: "int8", dims }, (tensor) => {
    const quantised = quantise(valuesOf(tensor), rows);
    if (layout === "rows") return quantised;
    const turned = new Int8Array(quantised.length);
    turnBlocks(quantised, turned, rows);
    return turned;
  });
  return { values, scales };
}

/** Each row over its scale, rounded. */
function quantise(values: Float64Array, rows: number): Int8Array {
  const scales = rowScales(values, rows);
  const run = values.length / rows;
  const quantised = new Int8Array(values.length);
  for (let row = 0; row < rows; row += 1) {
    const perUnit = 1 / (scales[row] ?? 1);
    // Cut after a shift to positive numbers: Math.round, several times as fast.
    for (let i = row * run; i < (row + 1) * run; i += 1)
      quantised[i] = (((values[i] ?? 0) * perUnit + 128.5) | 0) - 128;
  }
  return quantised;
}
