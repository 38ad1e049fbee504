// Rules of telling whose tensors a file holds: strictly, and in the words of the network that it is nearly.
import { describe, expect, test } from "vitest";
import { networkNames, networkParameters, recogniseNetwork } from "./published-networks.ts";
import type { NetworkName } from "./published-networks.ts";

type Dims = ReadonlyMap<string, readonly number[]>;

const renamed = (dims: Dims, rename: (key: string) => string): Dims =>
  new Map([...dims].map(([key, value]) => [rename(key), value]));

const published = (name: NetworkName, prefix: string): Dims => renamed(networkParameters(name), (key) => prefix + key);

const as10 = (key: string): string =>
  key.includes(".transformer_blocks.")
    ? key.replace(".norm2.", ".audio_cross_attn.norm.").replace(".attn2.", ".audio_cross_attn.attn.")
    : key;

const release10 = renamed(published("latentsync-unet-stage1", "state_dict."), as10);

describe("a network is recognised", () => {
  test.each(networkNames.filter((name) => name !== "latentsync-unet-1.0"))("by its own keys: %s", (name) => {
    expect(recogniseNetwork(networkParameters(name)).network).toBe(name);
  });

  test("below the prefix that training scripts write, whatever stands beside it", () => {
    const file = new Map([...published("stable-syncnet-plain", "state_dict."), ["optimizer.exp_avg.0", [3]]]);
    const { network, keys } = recogniseNetwork(file);
    expect(network).toBe("stable-syncnet-plain");
    expect(keys.get("visual_encoder.conv_in.weight")).toBe("state_dict.visual_encoder.conv_in.weight");
  });

  test("in release 1.0's own spelling, whose keys become those of all later releases", () => {
    const { network, keys } = recogniseNetwork(release10);
    expect(network).toBe("latentsync-unet-1.0");
    const block = "mid_block.attentions.0.transformer_blocks.0";
    expect(keys.get(`${block}.attn2.to_k.weight`)).toBe(`state_dict.${block}.audio_cross_attn.attn.to_k.weight`);
    expect(keys.get(`${block}.norm2.bias`)).toBe(`state_dict.${block}.audio_cross_attn.norm.bias`);
    expect(keys.get("mid_block.resnets.0.norm2.bias")).toBe("state_dict.mid_block.resnets.0.norm2.bias");
  });

  test("in the VAE's spelling of 2022 as well as in the later one", () => {
    const earlier = renamed(networkParameters("sd-vae"), (key) =>
      key.replace("to_q", "query").replace("to_k", "key").replace("to_v", "value").replace("to_out.0", "proj_attn"),
    );
    expect(recogniseNetwork(earlier).network).toBe("sd-vae");
  });

  test("with what publishers leave in: Whisper's decoder, VGG's classifier, VideoMAE's head", () => {
    const whisper = new Map([
      ...published("whisper-tiny", "model_state_dict."),
      ["model_state_dict.decoder.ln.weight", [384]],
      ["model_state_dict.encoder.ln_post.weight", [384]],
    ]);
    expect(recogniseNetwork(whisper).network).toBe("whisper-tiny");
    expect(
      recogniseNetwork(new Map([...networkParameters("vgg16-features"), ["classifier.0.bias", [9]]])).network,
    ).toBe("vgg16-features");
    expect(
      recogniseNetwork(new Map([...published("videomae-giant", "module."), ["module.head.bias", [174]]])).network,
    ).toBe("videomae-giant");
  });
});

const refusal = (dims: Dims): { code: string; message: string } => {
  try {
    recogniseNetwork(dims);
  } catch (error) {
    return error as { code: string; message: string };
  }
  return { code: "none", message: "" };
};

describe("a file is refused", () => {
  const unet = published("latentsync-unet", "state_dict.");

  test("with a tensor missing, by its name", () => {
    const { code, message } = refusal(new Map([...unet].filter(([key]) => key !== "state_dict.conv_in.weight")));
    expect(code).toBe("models.wrong-tensors");
    expect(message).toContain("1 missing (conv_in.weight)");
  });

  test("with a tensor too many, by its name", () => {
    expect(refusal(new Map([...unet, ["state_dict.extra.weight", [1]]])).message).toContain("extra.weight");
  });

  test("with a tensor of another shape, by both shapes", () => {
    const { message } = refusal(new Map([...unet, ["state_dict.conv_in.weight", [320, 9, 3, 3]]]));
    expect(message).toContain("conv_in.weight [320, 9, 3, 3] instead of [320, 13, 3, 3]");
  });

  test("with 1.0's attention beside 1.5's motion modules, which no release has", () => {
    expect(refusal(renamed(unet, as10)).code).toBe("models.wrong-tensors");
  });

  test("with a stranger that is called like one of ours outside the prefix", () => {
    const { network, keys } = recogniseNetwork(new Map([...unet, ["conv_in.weight", [1]]]));
    expect([network, keys.get("conv_in.weight")]).toEqual(["latentsync-unet", "state_dict.conv_in.weight"]);
  });

  test("with tensors of no network that is known", () => {
    expect(refusal(new Map([["lora_A.weight", [4, 4]]])).code).toBe("models.unknown-network");
    expect(refusal(new Map()).code).toBe("models.unknown-network");
  });
});
