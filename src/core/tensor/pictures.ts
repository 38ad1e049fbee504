// Pictures as the networks take them: bytes 0..255, height x width x RGB, to float32 -1..1, RGB x height x width, and back.
import { assert } from "../../shared/failure/index.ts";
import { expectTensor, zeros } from "./tensor.ts";
import type { Tensor } from "./tensor.ts";

/**
 * uint8 [height, width, 3] or [count, height, width, 3] to float32 [count, 3, height, width]: value / 127.5 - 1, as the
 * published networks were trained.
 */
export function pictureToNetwork(picture: Tensor<"uint8">): Tensor<"float32"> {
  const dims = picture.dims.length === 3 ? [1, ...picture.dims] : picture.dims;
  const { data } = expectTensor("an RGB picture", { ...picture, dims }, "uint8", [undefined, undefined, undefined, 3]);
  const [count = 0, height = 0, width = 0] = dims;
  const result = zeros("float32", [count, 3, height, width]);
  const planePx = height * width;
  for (let n = 0; n < count; n++) {
    const base = n * 3 * planePx;
    for (let pixel = 0; pixel < planePx; pixel++) {
      for (let colour = 0; colour < 3; colour++) {
        result.data[base + colour * planePx + pixel] = (data[base + 3 * pixel + colour] ?? 0) / 127.5 - 1;
      }
    }
  }
  return result;
}

/** float32 [count, 3, height, width] to uint8 [count, height, width, 3]: (value + 1) * 127.5 rounded, clamped. */
export function networkToPicture(tensor: Tensor<"float32">): Tensor<"uint8"> {
  const { data, dims } = expectTensor("a network's picture", tensor, "float32", [undefined, 3, undefined, undefined]);
  const [count = 0, , height = 0, width = 0] = dims;
  const planePx = height * width;
  assert(
    data.every((value) => !Number.isNaN(value)),
    "a network's picture holds numbers only",
  );
  // A clamped array clamps; it rounds halves to even, and halves come from no byte.
  const bytes = new Uint8ClampedArray(count * 3 * planePx);
  for (let n = 0; n < count; n++) {
    const base = n * 3 * planePx;
    for (let pixel = 0; pixel < planePx; pixel++) {
      for (let colour = 0; colour < 3; colour++) {
        bytes[base + 3 * pixel + colour] = ((data[base + colour * planePx + pixel] ?? 0) + 1) * 127.5;
      }
    }
  }
  return { dtype: "uint8", dims: [count, height, width, 3], data: new Uint8Array(bytes.buffer) };
}
