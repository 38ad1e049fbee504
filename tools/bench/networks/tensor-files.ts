// Tensors that go from one measured process to another: raw little-endian elements, described beside them.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { tensorFromBytes } from "../../../src/core/onnx/index.ts";
import type { DType, Tensor } from "../../../src/core/tensor/index.ts";

export type TensorPlace = { readonly path: string; readonly dtype: DType; readonly dims: readonly number[] };

export function writeTensor(folder: string, name: string, { dtype, dims, data }: Tensor): TensorPlace {
  const file = path.join(folder, name);
  writeFileSync(file, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return { path: file, dtype, dims };
}

export const readTensorPlace = ({ path: file, dtype, dims }: TensorPlace): Tensor =>
  tensorFromBytes(dtype, dims, readFileSync(file));

export const writeTensors = (
  folder: string,
  tensors: Readonly<Record<string, Tensor>>,
): Readonly<Record<string, TensorPlace>> =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, writeTensor(folder, name, tensor)]));
