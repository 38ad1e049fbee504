// What the U-Net learns from, worked out once: latents of each clip's frames, whole and with the hole, and what they hear.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { loudestLogPower, syncMel, whisperLogPower, whisperScale } from "../../../../src/core/audio/index.ts";
import { randomFrom } from "../../../../src/core/base/index.ts";
import type { Random } from "../../../../src/core/base/index.ts";
import { heardOf, vaeEncoderGraph, whisperEncoderGraph } from "../../../../src/core/models/index.ts";
import { bakeSizes, weightsInMemory } from "../../../../src/core/onnx/index.ts";
import { asFloat16, tensorOf } from "../../../../src/core/tensor/index.ts";
import type { Tensor } from "../../../../src/core/tensor/index.ts";
import type { Parameters } from "../../../../src/core/training/index.ts";
import { clipFolders, readFrame, readSound } from "../clips.ts";
import type { PerformanceName } from "../clips.ts";
import { cellsOf, frameLength, heardBy } from "../clip-latents.ts";
import { keepPixels } from "../face-regions.ts";
import type { Family } from "../family.ts";
import { openNetwork } from "../networks.ts";
import type { Network } from "../networks.ts";
import { requireGoing, writeTensors } from "../stage.ts";
import type { Shop } from "../stage.ts";
import { varied } from "../varied-sound.ts";

/** latents = (encoded mean - shift of the channel) * scale: centred, of spread 1. */
export type LatentScale = { readonly latentScale: number; readonly latentShifts: readonly number[] };

const scaleSchema = z.object({ latentScale: z.number().positive(), latentShifts: z.array(z.number()) });

export type Hearers = { readonly vae: Parameters; readonly phones: Parameters };

const picturesAtOnce = 4;

function openEncoder(shop: Shop, family: Family, vae: Parameters): Promise<Network> {
  const sizes = { batch: picturesAtOnce, height: cellsOf(family), width: cellsOf(family) };
  const graph = vaeEncoderGraph({ config: family.model.vae, weights: weightsInMemory(vae) });
  return openNetwork(shop, bakeSizes(graph, sizes));
}

/** Posterior means [count, channels, cells, cells] of pictures [3, side, side], unscaled. */
async function encodeAll(encoder: Network, family: Family, pictures: readonly Float32Array[]): Promise<Float32Array> {
  const { faceSizePx } = family.model;
  const [pictureLength, latentLength] = [3 * faceSizePx ** 2, frameLength(family)];
  const means = new Float32Array(pictures.length * latentLength);
  for (let from = 0; from < pictures.length; from += picturesAtOnce) {
    const group = pictures.slice(from, from + picturesAtOnce);
    const image = new Float32Array(picturesAtOnce * pictureLength);
    for (const [at, picture] of group.entries()) image.set(picture, at * pictureLength);
    const dims = [picturesAtOnce, 3, faceSizePx, faceSizePx];
    const found = await encoder.run({ image: tensorOf("float32", dims, image) }, "latent_mean");
    means.set(found.subarray(0, group.length * latentLength), from * latentLength);
  }
  return means;
}

const measuredClips = 200;

/** Mean of each channel and spread over all, from one frame of each of the first clips. */
export async function measureLatents(
  shop: Shop,
  family: Family,
  { vae, train }: { vae: Parameters; train: string },
): Promise<LatentScale> {
  const file = path.join(shop.folder, "results", "latent-scale.json");
  if (existsSync(file)) return scaleSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  await using encoder = await openEncoder(shop, family, vae);
  const sizePx = family.model.faceSizePx;
  const pictures = clipFolders(train)
    .slice(0, measuredClips)
    .map((clip, at) => readFrame(clip, "a", { frameIndex: (7 * at) % family.material.framesPerClip, sizePx }));
  const scale = scaleOf(await encodeAll(encoder, family, pictures), family);
  writeFileSync(file, JSON.stringify(scale));
  return scale;
}

export function scaleOf(means: Float32Array, family: Family): LatentScale {
  const channels = family.model.vae.latentChannels;
  const area = cellsOf(family) ** 2;
  const sums = new Float64Array(channels);
  for (const [at, value] of means.entries()) {
    const channel = Math.floor(at / area) % channels;
    sums[channel] = (sums[channel] ?? 0) + value;
  }
  const latentShifts = Array.from(sums, (sum) => (sum * channels) / means.length);
  const squares = means.reduce((sum, value, at) => {
    return sum + (value - (latentShifts[Math.floor(at / area) % channels] ?? 0)) ** 2;
  }, 0);
  return { latentScale: Math.sqrt(means.length / squares), latentShifts };
}

const scaled = (means: Float32Array, family: Family, { latentScale, latentShifts }: LatentScale): Float32Array => {
  const area = cellsOf(family) ** 2;
  return means.map(
    (value, at) => (value - (latentShifts[Math.floor(at / area) % latentShifts.length] ?? 0)) * latentScale,
  );
};

/** Back to what the decoder takes. */
export const unscaled = (latents: Float32Array, family: Family, scale: LatentScale): Float32Array => {
  const { latentScale, latentShifts } = scale;
  const area = cellsOf(family) ** 2;
  return latents.map(
    (value, at) => value / latentScale + (latentShifts[Math.floor(at / area) % latentShifts.length] ?? 0),
  );
};

const samplesPerRow = 320;

/**
 * What each frame hears [frames, tokens, width]: the clip stands in the middle of what the encoder hears at once. `random`
 * makes another voice of it: of the voices it was taught with, the encoder is surer than it will be of any other.
 */
async function hearClip(
  { listener, family }: Pick<Encoding, "listener" | "family">,
  samples: Float32Array,
  random: Random | undefined,
): Promise<Tensor<"float32">> {
  const { whisper, hearing } = family.model;
  const rows = Math.ceil(samples.length / samplesPerRow);
  const firstRow = Math.max(0, Math.floor((whisper.positions - rows) / 2));
  const heard = new Float32Array(whisper.positions * samplesPerRow);
  heard.set(samples.subarray(0, heard.length), Math.min(firstRow * samplesPerRow, heard.length - samples.length));
  const power = whisperLogPower(heard);
  const values = random ? varied({ bins: power.melBins, values: power.values }, random) : power.values;
  const told = whisperScale({ ...power, values }, loudestLogPower({ ...power, values }));
  const mel = tensorOf("float32", [1, whisper.melBins, 2 * whisper.positions], told.values);
  const embeddings = await listener.run({ log_mel: mel }, "embeddings");
  const { width } = heardOf(whisper);
  const tokens = hearing.rowsBefore + 1 + hearing.rowsAfter;
  const audio = new Float32Array(family.material.framesPerClip * tokens * width);
  for (let frame = 0; frame < family.material.framesPerClip; frame += 1)
    for (let token = 0; token < tokens; token += 1) {
      const row = Math.min(whisper.positions - 1, Math.max(0, firstRow + 2 * frame - hearing.rowsBefore + token));
      audio.set(embeddings.subarray(row * width, (row + 1) * width), (frame * tokens + token) * width);
    }
  return tensorOf("float32", [family.material.framesPerClip, tokens, width], audio);
}

export type Split = "train" | "validation";

export const latentFile = (shop: Shop, split: Split, clip: string, name: PerformanceName): string =>
  path.join(shop.folder, "latents", split, `${path.basename(clip)}-${name}.safetensors`);

/** Frames of a training clip that are encoded: all of the first clips, every few of the others. */
export function encodedFrames({ material }: Family, clipIndex: number): readonly number[] {
  const stride = clipIndex < material.wholeClips ? 1 : material.strideFrames;
  return Array.from({ length: Math.ceil(material.framesPerClip / stride) }, (_, at) => at * stride);
}

/**
 * Writes for each clip "clean" and "masked" [frames, channels, cells, cells], "audio" [frames, tokens, width], of training clips
 * "varied" likewise, "frames" [frames], which they are, and of clips that are encoded whole "mel" [1, 80, columns]; in halves.
 */
export async function encodeClips(
  shop: Shop,
  family: Family,
  { networks, scale, splits }: { networks: Hearers; scale: LatentScale; splits: Readonly<Record<Split, string>> },
): Promise<void> {
  await using encoder = await openEncoder(shop, family, networks.vae);
  const listening = whisperEncoderGraph({ config: family.model.whisper, weights: weightsInMemory(networks.phones) });
  await using listener = await openNetwork(shop, bakeSizes(listening, { batch: 1 }));
  for (const split of ["validation", "train"] as const) {
    mkdirSync(path.join(shop.folder, "latents", split), { recursive: true });
    const clips = clipFolders(splits[split]);
    for (const [clipIndex, clip] of clips.entries()) {
      const frames = encodedFrames(family, split === "train" ? clipIndex : 0);
      for (const name of split === "train" ? (["a"] as const) : (["a", "b"] as const)) {
        const file = latentFile(shop, split, clip, name);
        if (existsSync(file)) continue;
        requireGoing(shop);
        const variedSeed = split === "train" ? clipIndex : undefined;
        await encodeClip({ encoder, listener, family, scale }, { clip, name, frames, file, variedSeed });
      }
      if (clipIndex % 100 === 0) shop.say(`latents: ${clipIndex} of ${clips.length} clips for ${split}`);
    }
  }
}

type Encoding = {
  readonly encoder: Network;
  readonly listener: Network;
  readonly family: Family;
  readonly scale: LatentScale;
};
type Job = {
  readonly clip: string;
  readonly name: PerformanceName;
  readonly frames: readonly number[];
  readonly file: string;
  /** Of the other voice that training clips are heard in, too. */
  readonly variedSeed: number | undefined;
};

async function encodeClip(
  { encoder, listener, family, scale }: Encoding,
  { clip, name, frames, file, variedSeed }: Job,
) {
  const sizePx = family.model.faceSizePx;
  const keep = keepPixels(sizePx);
  const pictures = frames.map((frameIndex) => readFrame(clip, name, { frameIndex, sizePx }));
  const holed = pictures.map((picture) => picture.map((value, at) => value * (keep[at % keep.length] ?? 0)));
  const samples = readSound(clip, name);
  const hear = async (random: Random | undefined) =>
    asFloat16(heardBy(await hearClip({ listener, family }, samples, random), frames));
  const dims = [frames.length, family.model.vae.latentChannels, cellsOf(family), cellsOf(family)];
  const latents = async (given: readonly Float32Array[]) =>
    asFloat16(tensorOf("float32", dims, scaled(await encodeAll(encoder, family, given), family, scale)));
  const isWhole = frames.length === family.material.framesPerClip;
  const { melBins, melFrames, values } = syncMel(samples);
  await writeTensors(file, {
    clean: await latents(pictures),
    masked: await latents(holed),
    audio: await hear(undefined),
    ...(variedSeed !== undefined && { varied: await hear(randomFrom(variedSeed)) }),
    frames: tensorOf("float32", [frames.length], Float32Array.from(frames)),
    ...(isWhole && { mel: asFloat16(tensorOf("float32", [1, melBins, melFrames], values)) }),
  });
}
