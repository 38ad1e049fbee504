// One tensor of a file as a value in memory.
import { refused } from "../../shared/failure/index.ts";
import { tensorOf } from "../tensor/index.ts";
import type { Dims, Tensor } from "../tensor/index.ts";
import { mustHave, readTensorBytes } from "./tensor-file.ts";
import type { TensorFile, WeightDtype } from "./tensor-file.ts";

type Rule = (buffer: ArrayBuffer, dims: Dims) => Tensor;

const rules: Readonly<Partial<Record<WeightDtype, Rule>>> = {
  float32: (buffer, dims) => tensorOf("float32", dims, new Float32Array(buffer)),
  float16: (buffer, dims) => tensorOf("float16", dims, new Uint16Array(buffer)),
  int64: (buffer, dims) => tensorOf("int64", dims, new BigInt64Array(buffer)),
  int32: (buffer, dims) => tensorOf("int32", dims, new Int32Array(buffer)),
  int8: (buffer, dims) => tensorOf("int8", dims, new Int8Array(buffer)),
  uint8: (buffer, dims) => tensorOf("uint8", dims, new Uint8Array(buffer)),
  bool: (buffer, dims) => tensorOf("bool", dims, new Uint8Array(buffer)),
};

/** The whole tensor; refused when it is missing or of a type that tensors in memory do not have. */
export function readTensor(file: TensorFile, name: string): Tensor {
  const entry = mustHave(file, name);
  const rule = rules[entry.dtype];
  if (rule) return rule(readTensorBytes(file, name).buffer, entry.dims);
  throw refused("weights.unsupported-dtype", {
    message: `The tensor "${name}" is of type ${entry.dtype}, which is not held in memory here.`,
    hint: `Known are ${Object.keys(rules).join(", ")}.`,
    details: { name, dtype: entry.dtype },
  });
}
