// The U-Net's definition against the published totals: what it asks of a checkpoint, tensor by tensor.
import { describe, expect, test } from "vitest";
import { parameterCount, parametersOf } from "../parameters.ts";
import { efficientUnet, latentSyncUnet, stage1Unet, unet10 } from "./unet-config.ts";
import type { UnetConfig } from "./unet-config.ts";
import { unetGraph } from "./unet.ts";

const parameters = (config: UnetConfig) => parametersOf((weights) => unetGraph({ config, weights }));
const isPositionTable = (key: string) => key.endsWith("pos_encoder.pe");

/** Parameters, numbers in position tables (a buffer, not learned), tensors: dossier 2.6. */
const published: Readonly<Record<string, readonly [UnetConfig, number, number, number]>> = {
  "1.0": [unet10, 849_962_244, 0, 686],
  "stage 1": [stage1Unet, 849_962_244, 0, 686],
  "1.5 and 1.6": [latentSyncUnet, 1_267_099_844, 844_800, 1246],
  efficient: [efficientUnet, 1_100_244_804, 506_880, 1022],
};

describe.each(Object.entries(published))("the U-Net of %s", (_name, [config, learned, tables, tensors]) => {
  test("asks for exactly the published number of tensors and parameters", () => {
    const asked = parameters(config);
    const isTable = ([key]: readonly [string, readonly number[]]) => isPositionTable(key);
    expect(asked.size).toBe(tensors);
    expect(parameterCount([...asked].filter((entry) => !isTable(entry)))).toBe(learned);
    expect(parameterCount([...asked].filter(isTable))).toBe(tables);
  });
});

test("release 1.0 calls its audio attention by its own names", () => {
  const key = "down_blocks.0.attentions.0.transformer_blocks.0.audio_cross_attn.attn.to_k.weight";
  expect(parameters(unet10).get(key)).toEqual([320, 384]);
});
