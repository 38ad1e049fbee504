// From a clip to one example of it: consecutive frames, and as many of another moment to take the looks from.
import { refused } from "../../../shared/failure/index.ts";
import type { Random } from "../../base/index.ts";
import { elementCount, tensorOf } from "../../tensor/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import type { Example } from "../loop/dataset.ts";
import { tensorNamed } from "../tasks/noising.ts";

/** 16 kHz at hop 200 are 80 mel columns a second, at 25 pictures; a window of n frames hears ceil(80 n / 25) of them. */
export const melColumnsOf = (frames: number): number => Math.ceil((80 * frames) / 25);

/** Along one axis, elements from (inclusive) to (exclusive). */
function cut(tensor: Tensor<"float32">, axis: number, [from, to]: readonly [number, number]): Tensor<"float32"> {
  const { dims, data } = tensor;
  const size = dims[axis] ?? 0;
  const run = elementCount(dims.slice(axis + 1));
  const rows = elementCount(dims.slice(0, axis));
  const kept = new Float32Array(rows * (to - from) * run);
  for (let row = 0; row < rows; row += 1)
    kept.set(data.subarray((row * size + from) * run, (row * size + to) * run), row * (to - from) * run);
  return tensorOf("float32", dims.with(axis, to - from), kept);
}

/** Pictures as bytes 0..255 take a quarter of the room; losses see -1..1. */
function asPictures(tensor: Tensor): Tensor<"float32"> {
  if (tensor.dtype === "float32") return tensor;
  if (tensor.dtype === "uint8")
    return tensorOf(
      "float32",
      tensor.dims,
      Float32Array.from(tensor.data, (value) => value / 127.5 - 1),
    );
  throw refused("training.wrong-example", { message: `Pictures are float32 or uint8, not ${tensor.dtype}.` });
}

/**
 * A window of `frames` at a drawn start, its reference as many frames from a start at least as far away (dossier 4.3), so that
 * frame i sees frame i of another moment. The clip: "clean" and "masked" [4, count, h, w], "keep" [1, count, h, w], "audio"
 * [count, tokens, width]; with "pictures" [count, 3, H, W] and "mel" [1, 80, columns] where pictures are judged.
 */
export function cutWindow(clip: Example, frames: number, random: Random): Example {
  const clean = tensorNamed(clip, "clean");
  const count = clean.dims[1] ?? 0;
  const starts = Array.from({ length: Math.max(0, count - frames + 1) }, (_, start) => start);
  const away = (startFrame: number) => starts.filter((other) => Math.abs(other - startFrame) >= frames);
  const possible = starts.filter((start) => away(start).length > 0);
  if (possible.length === 0)
    throw refused("training.clip-too-short", {
      message: `A clip of ${count} frames has no two windows of ${frames} that do not touch.`,
      hint: `Clips of ${3 * frames} frames and more serve well.`,
      details: { count, frames },
    });
  const draw = (from: readonly number[]) => from[Math.floor(random.uniform() * from.length)] ?? 0;
  const start = draw(possible);
  const reference = draw(away(start));
  const range = [start, start + frames] as const;
  const { pictures, mel } = clip;
  const firstColumn = Math.floor((80 * start) / 25);
  return {
    clean: cut(clean, 1, range),
    masked: cut(tensorNamed(clip, "masked"), 1, range),
    keep: cut(tensorNamed(clip, "keep"), 1, range),
    reference: cut(clean, 1, [reference, reference + frames]),
    audio: cut(tensorNamed(clip, "audio"), 0, range),
    ...(pictures && { pictures: cut(asPictures(pictures), 0, range) }),
    ...(mel && { mel: cut(tensorNamed(clip, "mel"), 2, [firstColumn, firstColumn + melColumnsOf(frames)]) }),
  };
}
