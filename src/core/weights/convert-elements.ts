// Floating-point elements from one width to another, chunk by chunk.
import { float16ToFloat32, float32ToFloat16 } from "../tensor/index.ts";

export type FloatDtype = "float64" | "float32" | "float16" | "bfloat16";

type Bytes = Uint8Array<ArrayBuffer>;

/** Little-endian elements as float32. Exact from the halves; a double is rounded to the nearest float32. */
const toFloat32: Readonly<Record<FloatDtype, (bytes: Bytes) => Float32Array>> = {
  float32: (bytes) => new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4),
  float64: (bytes) => Float32Array.from(new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8)),
  float16: (bytes) => float16ToFloat32(new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2)),
  bfloat16: (bytes) => {
    // A bfloat16 is the upper half of a float32.
    const halves = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
    const words = Uint32Array.from(halves, (half) => half << 16);
    return new Float32Array(words.buffer);
  },
};

const viewOf = (array: Float32Array | Uint16Array): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** `bytes` must begin at the start of its buffer's element and hold whole elements. float16 is rounded to nearest even. */
export function convertElements(bytes: Bytes, from: FloatDtype, to: "float32" | "float16"): Uint8Array {
  const floats = toFloat32[from](bytes);
  return to === "float32" ? viewOf(floats) : viewOf(float32ToFloat16(floats));
}
