// Tensors across the border to ONNX Runtime: same memory where its binding allows, never anything on a device.
import type { Tensor as OrtTensor } from "onnxruntime-node";
import { assert } from "../../../shared/failure/index.ts";
import type { DType, Tensor } from "../../tensor/index.ts";
import { tensorOverBuffer } from "../graph/dtype.ts";

type TensorClass = typeof OrtTensor;

const known: Readonly<Record<string, DType>> = {
  float32: "float32",
  float16: "float16",
  int64: "int64",
  int32: "int32",
  uint8: "uint8",
  int8: "int8",
  bool: "bool",
};

export const dtypeOfOrt = (type: string): DType => {
  const dtype = known[type];
  assert(dtype !== undefined, `ONNX Runtime speaks of ${type}, which no graph of ours has`);
  return dtype;
};

/** Inputs are read in place while the run blocks. The binding refuses buffers that threads share. */
export function toOrt(tensorClass: TensorClass, tensor: Tensor): OrtTensor {
  assert(tensor.data.buffer instanceof ArrayBuffer, "a shared buffer cannot be given to ONNX Runtime: copy it first");
  const made = new tensorClass(tensor.dtype, tensor.data, tensor.dims);
  // Where the engine has Float16Array the class wraps halves in it, and the binding (Node-API 6) sees 0 bytes of it
  // (onnxruntime-node 1.30, Node 24). Handing it the bits themselves is what it expects.
  if (tensor.dtype === "float16") Object.defineProperty(made, "data", { value: tensor.data });
  return made;
}

/** The runtime's outputs lie in fresh buffers of their own. Halves may come as Float16Array where the engine has it. */
export function fromOrt(value: OrtTensor): Tensor {
  assert(value.location === "cpu", `the output lies on ${value.location}; asking for its data would end the process`);
  const { data } = value;
  assert(ArrayBuffer.isView(data), "a tensor of strings");
  const { buffer, byteOffset, byteLength } = data;
  const whole = byteOffset === 0 && byteLength === buffer.byteLength && buffer instanceof ArrayBuffer;
  const bytes = whole ? buffer : Uint8Array.from(new Uint8Array(buffer, byteOffset, byteLength)).buffer;
  return tensorOverBuffer(dtypeOfOrt(value.type), value.dims, bytes);
}
