// A model in one file says what it is, and is believed only when everything it says holds.
import { expect, test } from "vitest";
import { recogniseNetwork } from "../published-networks.ts";
import { lipsyncMetadataKey, lipsyncNetwork, lipsyncParameters, publishedLipsync } from "./lipsync-model.ts";
import type { LipsyncModelConfig } from "./lipsync-model.ts";

const narrow: LipsyncModelConfig = {
  ...publishedLipsync,
  faceSizePx: 128,
  predicts: "clean",
  unet: { ...publishedLipsync.unet, levelChannels: [8, 8, 16, 16], normGroups: 4, heads: 2, audioWidth: 16 },
  vae: { ...publishedLipsync.vae, levelChannels: [8, 8, 16, 16], normGroups: 4 },
  whisper: { ...publishedLipsync.whisper, width: 16, heads: 2, blocks: 1 },
};
const saying = (config: unknown) => new Map([[lipsyncMetadataKey, JSON.stringify(config)]]);

test("a file that carries its configuration and all its tensors is recognised with its size of pictures", () => {
  const found = lipsyncParameters(narrow);
  const { network, config, trainedForPx, keys } = recogniseNetwork(found, saying(narrow));
  expect(network).toBe(lipsyncNetwork);
  expect(config).toEqual(narrow);
  expect(trainedForPx).toBe(128);
  expect([...keys.keys()]).toEqual([...found.keys()]);
});

test("a tensor too few or too many is named", () => {
  const found = new Map(lipsyncParameters(narrow));
  found.delete("vae.decoder.conv_in.weight");
  found.set("vae.decoder.conv_im.weight", [1]);
  expect(() => recogniseNetwork(found, saying(narrow))).toThrow(/conv_in.weight.*conv_im.weight/);
});

test.each([
  ["parts that do not fit each other", { ...narrow, unet: { ...narrow.unet, audioWidth: 17 } }, /hear/],
  ["a face that cannot be halved", { ...narrow, faceSizePx: 72 }, /halved/],
  ["a window without positions", { ...narrow, windowFrames: 25 }, /positions/],
  ["an unknown prediction", { ...narrow, predicts: "score" }, /predicts/],
  ["a field too many", { ...narrow, more: 1 }, /more/],
])("%s is refused with the reason", (_, config, why) => {
  expect(() => recogniseNetwork(lipsyncParameters(narrow), saying(config))).toThrow(why);
});
