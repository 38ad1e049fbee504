// From an example to what the denoiser is fed: a timestep, noise, and now and then no picture or no sound at all.
import { assert } from "../../../shared/failure/index.ts";
import type { Random } from "../../base/index.ts";
import { noiseSchedule, windowNoise } from "../../diffusion/index.ts";
import type { NoiseSchedule, Predicts } from "../../diffusion/index.ts";
import { expectTensor, floats, tensorOf } from "../../tensor/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import type { DrawnExample, Example } from "../loop/dataset.ts";

export type NoisingOptions = {
  readonly predicts: Predicts;
  /**
   * How much of the noise the frames of a window share: √(α² / (1 + α²)) of it (PYoCo, Ge et al. 2023). Published: 1. Windows
   * are sampled with shared noise alone.
   */
  readonly noiseAlpha: number;
  /** Timesteps are 1000 u^exponent, u uniform: 1 is even, as published; below 1 there are more high ones. */
  readonly timestepExponent: number;
  /** Share of examples that are fed noise without a trace of the picture, at the last timestep. Never where noise is predicted. */
  readonly pureNoiseRatio: number;
  /** Share of examples whose sound is zeros, as guidance's other branch hears it. Published: 0. */
  readonly audioDropoutRatio: number;
};

/** One example ready for the denoiser; dims without the batch's axis. */
export type NoisedExample = {
  /** [13, frames, height, width]: noisy latents, mask (1 = keep), masked latents, reference latents. */
  readonly sample: Tensor<"float32">;
  readonly audio: Tensor<"float32">;
  /** What the network should predict, [4, frames, height, width]. */
  readonly target: Tensor<"float32">;
  readonly timestep: number;
  readonly signal: number;
  readonly noise: number;
};

const schedule: NoiseSchedule = noiseSchedule();

/** signal ε − noise clean, and so on: see `cleanEstimate` for the way back. */
const targets: { readonly [P in Predicts]: (clean: number, noise: number, roots: Roots) => number } = {
  noise: (_, noise) => noise,
  v: (clean, noise, roots) => roots.signal * noise - roots.noise * clean,
  clean: (clean) => clean,
};
type Roots = { readonly signal: number; readonly noise: number };

/** Draws in this order: timestep, pure noise, dropout, noise; the same `random` gives the same example. */
export function noiseExample(example: Example, options: NoisingOptions, random: Random): NoisedExample {
  const clean = latentsNamed(example, "clean");
  const [channels = 0, frames = 0, height = 0, width = 0] = clean.dims;
  const last = schedule.alphaBars.length - 1;
  const drawnStep = Math.min(
    last,
    Math.floor(schedule.alphaBars.length * random.uniform() ** options.timestepExponent),
  );
  const isPure = random.uniform() < options.pureNoiseRatio;
  const isDeaf = random.uniform() < options.audioDropoutRatio;
  assert(
    !isPure || options.predicts !== "noise",
    "pure noise says nothing of the picture to a network that predicts noise",
  );
  const timestep = isPure ? last : drawnStep;
  const alphaBar = isPure ? 0 : (schedule.alphaBars[timestep] ?? 0);
  const roots = { signal: Math.sqrt(alphaBar), noise: Math.sqrt(1 - alphaBar) };
  const noise = windowNoise({ channels, frames, height, width }, { random, alpha: options.noiseAlpha });
  const rule = targets[options.predicts];
  const noisy = clean.data.map((value, i) => roots.signal * value + roots.noise * (noise[i] ?? 0));
  const target = clean.data.map((value, i) => rule(value, noise[i] ?? 0, roots));
  const audio = tensorNamed(example, "audio");
  return {
    sample: stackChannels([tensorOf("float32", clean.dims, noisy), ...contextOf(example)]),
    audio: isDeaf
      ? floats(
          audio.dims,
          audio.data.map(() => 0),
        )
      : audio,
    target: tensorOf("float32", clean.dims, target),
    timestep,
    ...roots,
  };
}

const contextOf = (example: Example) =>
  (["keep", "masked", "reference"] as const).map((name) => latentsNamed(example, name));

/** [channels, frames, height, width] each, channels one after another. */
function stackChannels(parts: readonly Tensor<"float32">[]): Tensor<"float32"> {
  const [first] = parts;
  assert(first !== undefined, "a sample has parts");
  const channels = parts.reduce((sum, { dims }) => sum + (dims[0] ?? 0), 0);
  const data = new Float32Array(parts.reduce((sum, part) => sum + part.data.length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  return tensorOf("float32", [channels, ...first.dims.slice(1)], data);
}

const latentsNamed = (example: Example, name: string) =>
  expectTensor(name, tensorNamed(example, name), "float32", [undefined, undefined, undefined, undefined]);

/** A float32 tensor of an example; a bug of the dataset where it is missing. */
export function tensorNamed(example: Example, name: string): Tensor<"float32"> {
  const tensor = example[name];
  assert(tensor?.dtype === "float32", `the example has no float32 tensor "${name}"`);
  return tensor;
}

/** The named tensors of all examples, each along a new first axis. */
export function stackNamed(
  examples: readonly DrawnExample[],
  names: readonly string[],
): Readonly<Record<string, Tensor<"float32">>> {
  return Object.fromEntries(
    names.map((name) => [name, stacked(examples.map(({ example }) => tensorNamed(example, name)))]),
  );
}

/** Items one after another along a new first axis. */
export function stacked(items: readonly Tensor<"float32">[]): Tensor<"float32"> {
  const [first] = items;
  assert(first !== undefined, "a batch has items");
  const data = new Float32Array(items.length * first.data.length);
  items.forEach((item, index) => data.set(item.data, index * first.data.length));
  return tensorOf("float32", [items.length, ...first.dims], data);
}
