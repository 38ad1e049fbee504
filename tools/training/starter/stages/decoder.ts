// The decoder once more, on what the U-Net really draws: its one-step guesses from pure noise, against the true pixels.
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import { randomFrom } from "../../../../src/core/base/index.ts";
import { windowNoise } from "../../../../src/core/diffusion/index.ts";
import { unetGraph } from "../../../../src/core/models/index.ts";
import { bakeSizes, weightsInMemory } from "../../../../src/core/onnx/index.ts";
import { asFloat16, int64s, tensorOf } from "../../../../src/core/tensor/index.ts";
import { openDecoderTask } from "../../../../src/core/training/index.ts";
import type { Dataset, Parameters } from "../../../../src/core/training/index.ts";
import { clipFolders, readFrame } from "../clips.ts";
import { byChannel, cellsOf, frameLength, heardBy, keepOf, readClipLatents, sampleOf } from "../clip-latents.ts";
import { keepPixels, weighRegions } from "../face-regions.ts";
import type { Family } from "../family.ts";
import { openNetwork } from "../networks.ts";
import type { Network } from "../networks.ts";
import { readTensors, requireGoing, trainStage, writeTensors } from "../stage.ts";
import type { Shop } from "../stage.ts";
import { lossWeights } from "./autoencoder.ts";
import { latentFile, unscaled } from "./latents.ts";
import type { LatentScale } from "./latents.ts";

/** What is kept is pasted over: it counts a little, so that colours meet at the mask's edge. */
const pixelWeights = { mouth: 3, painted: 1, kept: 0.2 } as const;
/** The other examples are latents as they were encoded: the decoder must go on drawing those, too. */
const drawnRatio = 0.75;

type Drawing = { readonly unet: Network; readonly family: Family };

/** The U-Net's guess at the clean latents from noise alone, with frames of another moment as reference. */
async function drawOnce({ unet, family }: Drawing, file: string, number: number) {
  const { clean, masked, audio, frames } = readClipLatents(file);
  const { model, material } = family;
  const count = frames.data.length;
  const rows = Array.from({ length: material.drawnFrames }, (_, at) =>
    Math.floor(((at + 0.5) * count) / material.drawnFrames),
  );
  const references = rows.map((row) => (row + Math.floor(count / 2)) % count);
  const cells = cellsOf(family);
  const noise = windowNoise(
    { channels: model.vae.latentChannels, frames: rows.length, height: cells, width: cells },
    { random: randomFrom(number), alpha: Infinity },
  );
  const context = [keepOf(family, rows.length), byChannel(masked, rows), byChannel(clean, references)];
  const last = model.schedule.trainingSteps - 1;
  const feeds = {
    sample: sampleOf(noise, context),
    timestep: int64s([1], [last]),
    audio: heardBy(audio, rows),
  };
  const latents = tensorOf(
    "float32",
    [model.vae.latentChannels, rows.length, cells, cells],
    await unet.run(feeds, "noise"),
  );
  return { latents, clean: byChannel(clean, rows), frames: rows.map((row) => frames.data[row] ?? 0) };
}

const drawnFile = (shop: Shop, clip: string): string =>
  path.join(shop.folder, "drawn", `${path.basename(clip)}.safetensors`);

/** Writes for each of the first clips "drawn" and "clean" [channels, frames, cells, cells] and "frames". */
export async function drawForDecoder(shop: Shop, family: Family, given: { unet: Parameters; train: string }) {
  const { model, material } = family;
  mkdirSync(path.join(shop.folder, "drawn"), { recursive: true });
  const graph = unetGraph({ config: model.unet, weights: weightsInMemory(given.unet) });
  const eighths = cellsOf(family) / 8;
  const tokens = model.hearing.rowsBefore + 1 + model.hearing.rowsAfter;
  const sizes = { batch: 1, frames: material.drawnFrames, height: eighths, width: eighths, tokens };
  await using unet = await openNetwork(shop, bakeSizes(graph, sizes));
  for (const [number, clip] of clipFolders(given.train).slice(0, material.drawnClips).entries()) {
    const file = drawnFile(shop, clip);
    if (existsSync(file)) continue;
    requireGoing(shop);
    const { latents, clean, frames } = await drawOnce({ unet, family }, latentFile(shop, "train", clip, "a"), number);
    await writeTensors(file, {
      drawn: asFloat16(latents),
      clean: asFloat16(clean),
      frames: tensorOf("float32", [frames.length], Float32Array.from(frames)),
    });
  }
}

function drawnDataset(shop: Shop, family: Family, { train, scale }: { train: string; scale: LatentScale }): Dataset {
  const { faceSizePx: sizePx, vae } = family.model;
  const weights = weighRegions(keepPixels(sizePx), pixelWeights);
  const files = readdirSync(path.join(shop.folder, "drawn")).filter((name) => name.endsWith(".safetensors"));
  const names = files.map((name) => path.basename(name, ".safetensors")).toSorted();
  const cells = cellsOf(family);
  return {
    size: names.length,
    load: (index, random) => {
      const clip = path.join(train, names[index] ?? "");
      const { drawn, clean, frames } = readTensors(drawnFile(shop, clip));
      if (!drawn || !clean || !frames) throw new Error(`nothing was drawn for ${clip}`);
      const at = Math.floor(random.uniform() * frames.data.length);
      const source = random.uniform() < drawnRatio ? drawn : clean;
      const latents = new Float32Array(frameLength(family));
      for (let channel = 0; channel < vae.latentChannels; channel += 1) {
        const from = (channel * frames.data.length + at) * cells * cells;
        latents.set(source.data.subarray(from, from + cells * cells), channel * cells * cells);
      }
      const picture = readFrame(clip, "a", { frameIndex: frames.data[at] ?? 0, sizePx });
      return Promise.resolve({
        latent: tensorOf("float32", [vae.latentChannels, cells, cells], unscaled(latents, family, scale)),
        image: tensorOf("float32", [3, sizePx, sizePx], picture),
        pixel_weights: tensorOf("float32", [1, sizePx, sizePx], weights),
      });
    },
  };
}

export async function tuneDecoder(
  shop: Shop,
  family: Family,
  { train, scale, vae }: { train: string; scale: LatentScale; vae: Parameters },
): Promise<Parameters> {
  return await trainStage(shop, {
    name: "decoder",
    numbers: family.stages.decoder,
    dataset: drawnDataset(shop, family, { train, scale }),
    openTask: (batch) =>
      openDecoderTask({
        config: family.model.vae,
        weights: weightsInMemory(vae),
        batch,
        sidePx: family.model.faceSizePx,
        lossWeights,
        device: shop.device,
      }),
  });
}
