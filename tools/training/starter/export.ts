// The taught networks as the files that ship: the model in one file that says what it is, SyncNet in another; all in halves.
import { statSync } from "node:fs";
import path from "node:path";
import { lipsyncMetadataKey, lipsyncParameters } from "../../../src/core/models/index.ts";
import type { LipsyncModelConfig } from "../../../src/core/models/index.ts";
import { asFloat16 } from "../../../src/core/tensor/index.ts";
import type { Tensor } from "../../../src/core/tensor/index.ts";
import type { Parameters } from "../../../src/core/training/index.ts";
import type { Family } from "./family.ts";
import { writeTensors } from "./stage.ts";
import type { Shop } from "./stage.ts";
import type { LatentScale } from "./stages/latents.ts";

export type Taught = {
  readonly unet: Parameters;
  /** With the tuned decoder in place of the first one. */
  readonly vae: Parameters;
  readonly whisper: Parameters;
};

const halves = (tensors: Parameters): Readonly<Record<string, Tensor>> =>
  Object.fromEntries(Object.entries(tensors).map(([key, tensor]) => [key, asFloat16(tensor)]));

/** The model's tensors in the order and under the keys of the product; throws where one is missing. */
export function modelTensors(config: LipsyncModelConfig, taught: Taught): Readonly<Record<string, Tensor>> {
  const all = new Map<string, Tensor<"float32">>(
    Object.entries(taught).flatMap(([part, tensors]) =>
      Object.entries(tensors).map(([key, tensor]) => [`${part}.${key}`, tensor] as const),
    ),
  );
  return Object.fromEntries(
    [...lipsyncParameters(config).keys()].map((key) => {
      const tensor = all.get(key);
      if (tensor === undefined) throw new Error(`nothing was taught for ${key}`);
      return [key, asFloat16(tensor)];
    }),
  );
}

export async function exportFamily(
  shop: Shop,
  family: Family,
  { taught, scale, syncNet }: { taught: Taught; scale: LatentScale; syncNet: Parameters },
): Promise<readonly string[]> {
  const config: LipsyncModelConfig = { ...family.model, ...scale };
  const model = path.join(shop.folder, "starter.safetensors");
  await writeTensors(model, modelTensors(config, taught), { [lipsyncMetadataKey]: JSON.stringify(config) });
  const judge = path.join(shop.folder, "starter-syncnet.safetensors");
  await writeTensors(judge, halves(syncNet), { "dubwright.syncnet": JSON.stringify(family.syncNet) });
  return [model, judge].map((file) => `${file}: ${(statSync(file).size / 1e6).toFixed(1)} MB`);
}
