// Frames folded into the batch and out of it again: spatial layers see pictures, temporal ones see sequences.
import type { Builder, Dim, Value } from "../../onnx/index.ts";
import { fixedSize, groupNorm } from "../layers.ts";
import type { GroupNormSpec } from "../layers.ts";

/** [batch, channels, frames, height, width] -> [batch * frames, channels, height, width]. */
export function foldFrames(g: Builder, x: Value): Value {
  const [, channels = 0, , height = 0, width = 0] = x.dims;
  return g.reshape(g.transpose(x, [0, 2, 1, 3, 4]), [-1, channels, height, width]);
}

/** The inverse of `foldFrames`. */
export const unfoldFrames = (g: Builder, x: Value, frames: Dim): Value =>
  g.transpose(byFrame(g, x, frames), [0, 2, 1, 3, 4]);

/** [batch * frames, channels, height, width] -> [batch, frames, channels, height, width]. */
export function byFrame(g: Builder, x: Value, frames: Dim): Value {
  const [, channels = 0, height = 0, width = 0] = x.dims;
  return g.reshape(x, [-1, frames, channels, height, width]);
}

/**
 * Group normalisation whose statistics run over the frames of a window as well (dossier 2.4), of folded pictures
 * [batch * frames, channels, height, width]. A window of another length is therefore normalised differently. Turning the
 * pictures there and back costs no more than sums in two stages: `npm run bench -- operators`.
 */
export function groupNormOverFrames(
  g: Builder,
  key: string,
  { x, frames }: { readonly x: Value; readonly frames: Dim },
  spec: GroupNormSpec,
): Value {
  const byChannel = g.transpose(byFrame(g, x, frames), [0, 2, 1, 3, 4]);
  const normal = groupNorm(g, key, byChannel, spec);
  return g.reshape(g.transpose(normal, [0, 2, 1, 3, 4]), x.dims);
}

/** [batch * frames, tokens, width] -> [batch * tokens, frames, width]: one sequence over time for every place. */
export function toSequences(g: Builder, x: Value, frames: Dim): Value {
  const [, tokens = 0] = x.dims;
  const width = fixedSize(x, -1);
  return g.reshape(g.transpose(g.reshape(x, [-1, frames, tokens, width]), [0, 2, 1, 3]), [-1, frames, width]);
}

/** The inverse of `toSequences` for `tokens` places. */
export function fromSequences(g: Builder, x: Value, tokens: Dim): Value {
  const [, frames = 0] = x.dims;
  const width = fixedSize(x, -1);
  return g.reshape(g.transpose(g.reshape(x, [-1, tokens, frames, width]), [0, 2, 1, 3]), [-1, tokens, width]);
}
