// Layers with every dim stated: the definition alone says what a checkpoint must hold, before any checkpoint is there.
import { assert } from "../../shared/failure/index.ts";
import type { Builder, Value } from "../onnx/index.ts";

/** The size of an axis that the network fixes: channels and widths are numbers, never symbols. */
export function fixedSize(x: Value, axis: number): number {
  const size = x.dims.at(axis);
  assert(typeof size === "number", `axis ${axis} of ${x.name} must have a fixed size, not ${size}`);
  return size;
}

export type Bias = "bias" | "no-bias";

type PerAxis = number | readonly number[];

export type ConvSpec = {
  readonly channels: number;
  /** A number stands for a square kernel. */
  readonly kernel: PerAxis;
  readonly stride?: PerAxis;
  readonly padding?: PerAxis;
  readonly bias?: Bias;
};

/** x [n, channels, ...space]; weight [spec.channels, channels, ...kernel]. */
export function conv(g: Builder, key: string, x: Value, spec: ConvSpec): Value {
  const at = g.scope(key);
  const spaceAxes = x.dims.length - 2;
  const kernel =
    typeof spec.kernel === "number" ? Array.from({ length: spaceAxes }, () => spec.kernel as number) : spec.kernel;
  const weight = at.weight("weight", [spec.channels, fixedSize(x, 1), ...kernel]);
  const bias = spec.bias === "no-bias" ? undefined : at.weight("bias", [spec.channels]);
  return at.conv(x, weight, { bias, stride: spec.stride ?? 1, padding: spec.padding ?? 0 });
}

/** Over the last axis; weight [width, input width] as PyTorch keeps it. */
export function linear(g: Builder, key: string, x: Value, width: number): Value {
  const at = g.scope(key);
  return at.linear(x, at.weight("weight", [width, fixedSize(x, -1)]), at.weight("bias", [width]));
}

/** A linear layer without a bias. */
export function projection(g: Builder, key: string, x: Value, width: number): Value {
  const at = g.scope(key);
  return at.linear(x, at.weight("weight", [width, fixedSize(x, -1)]));
}

export type GroupNormSpec = {
  readonly groups: number;
  readonly epsilon: number;
  readonly activation?: "none" | "silu";
};

/** x [batch, channels, ...]: statistics per batch item and group over all that follows. */
export function groupNorm(g: Builder, key: string, x: Value, spec: GroupNormSpec): Value {
  const at = g.scope(key);
  const channels = [fixedSize(x, 1)];
  return at.groupNorm(x, { ...spec, scale: at.weight("weight", channels), bias: at.weight("bias", channels) });
}

/** Over the last axis. */
export function layerNorm(g: Builder, key: string, x: Value, epsilon = 1e-5): Value {
  const at = g.scope(key);
  const width = [fixedSize(x, -1)];
  return at.layerNorm(x, at.weight("weight", width), at.weight("bias", width), epsilon);
}

/** [n, channels, height, width] -> [n, height * width, channels]. */
export function toTokens(g: Builder, x: Value): Value {
  const [n = 0, channels = 0] = x.dims;
  return g.transpose(g.reshape(x, [n, channels, -1]), [0, 2, 1]);
}

/** The inverse of `toTokens` for pictures with the height and width of `like`. */
export function fromTokens(g: Builder, tokens: Value, like: Value): Value {
  const [n = 0] = tokens.dims;
  const [, , height = 0, width = 0] = like.dims;
  return g.reshape(g.transpose(tokens, [0, 2, 1]), [n, fixedSize(tokens, -1), height, width]);
}

export type AttentionSpec = {
  readonly heads: number;
  /** Whether query, key and value have a bias; the output projection always has one. */
  readonly bias: Bias;
};

/**
 * Attention with the keys of diffusers: to_q, to_k, to_v, to_out.0. x [n, tokens, width]; `context` [n, tokens', width']
 * gives keys and values; x itself for self-attention.
 */
export function attention(
  g: Builder,
  key: string,
  { x, context = x }: { x: Value; context?: Value },
  spec: AttentionSpec,
): Value {
  return attend(g, key, { x, heard: keysAndValues(g, key, context, { ...spec, width: fixedSize(x, -1) }) }, spec);
}

export type KeysAndValues = { readonly keys: Value; readonly values: Value };

/** What attention `key` hears of `context`: [n, tokens', width] each. */
export function keysAndValues(
  g: Builder,
  key: string,
  context: Value,
  { bias, width }: { readonly bias: Bias; readonly width: number },
): KeysAndValues {
  const at = g.scope(key);
  const project = bias === "bias" ? linear : projection;
  return { keys: project(at, "to_k", context, width), values: project(at, "to_v", context, width) };
}

/** Attention over keys and values that are there already: query and output projections. */
export function attend(
  g: Builder,
  key: string,
  { x, heard }: { readonly x: Value; readonly heard: KeysAndValues },
  { heads, bias }: AttentionSpec,
): Value {
  const at = g.scope(key);
  const width = fixedSize(x, -1);
  const query = (bias === "bias" ? linear : projection)(at, "to_q", x, width);
  return linear(at, "to_out.0", at.attention(query, heard.keys, heard.values, { heads }), width);
}

/** GEGLU feed-forward with the keys of diffusers: width -> 8 width, value * gelu(gate), 4 width -> width. */
export function gegluFeedForward(g: Builder, key: string, x: Value): Value {
  const at = g.scope(key);
  const width = fixedSize(x, -1);
  return linear(at, "net.2", at.geglu(linear(at, "net.0.proj", x, 8 * width)), width);
}
