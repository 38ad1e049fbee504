// Rules of reading the reference's configurations: what its code fixes, and what is refused instead of overlooked.
import { expect, test } from "vitest";
import { parametersOf } from "../parameters.ts";
import { forwardFamilies } from "./families.ts";
import { unetConfigOf } from "./reference-config.ts";

const unet = {
  in_channels: 13,
  out_channels: 4,
  block_out_channels: [32, 64],
  layers_per_block: 1,
  cross_attention_dim: 20,
  attention_head_dim: 2,
  norm_num_groups: 16,
  use_motion_module: true,
  motion_module_resolutions: [1, 2, 4, 8],
};

test("the norms of motion modules have 32 groups, whatever the others have", () => {
  expect(unetConfigOf(unet, [])).toMatchObject({ normGroups: 16, motionNormGroups: 32, motion: "all" });
});

test.each([
  ["a motion module in the middle", { motion_module_mid_block: true }],
  ["a second transformer block", { motion_module_kwargs: { num_transformer_block: 2 } }],
  ["another epsilon", { norm_eps: 1e-6 }],
  ["motion modules at some levels only", { motion_module_resolutions: [2] }],
])("%s, which no release has, is refused", (_, changed) => {
  expect(() => unetConfigOf({ ...unet, ...changed }, [])).toThrow();
});

const graphOf = (
  name: keyof typeof forwardFamilies,
  config: unknown,
  dims: Readonly<Record<string, readonly number[]>>,
) => {
  let inputs: readonly (readonly [string, readonly unknown[]])[] = [];
  parametersOf((weights) => {
    const [graph] = forwardFamilies[name].graphs(config, weights, (input) => dims[input]);
    inputs = graph?.inputs.map(({ name: input, dims: asked }) => [input, asked]) ?? [];
  });
  return Object.fromEntries(inputs);
};

test("a timestep for each item is asked for where a case has several", () => {
  expect(graphOf("latentsync-unet", unet, { timestep: [1] })["timestep"]).toEqual([1]);
  expect(graphOf("latentsync-unet", unet, { timestep: [2] })["timestep"]).toEqual(["batch"]);
});

test("a sync judge sees pictures and sound of the sizes that a case brings", () => {
  const encoder = {
    block_out_channels: [32, 64],
    downsample_factors: [
      [4, 8],
      [4, 4],
    ],
    attn_blocks: [0, 0],
  };
  const config = {
    visual_encoder: { ...encoder, in_channels: 12 },
    audio_encoder: { ...encoder, in_channels: 1 },
  };
  const dims = { visual: [3, 12, 16, 32], mel: [3, 1, 16, 32] };
  expect(graphOf("stable-syncnet", config, dims)["visual"]).toEqual(["batch", 12, 16, 32]);
});
