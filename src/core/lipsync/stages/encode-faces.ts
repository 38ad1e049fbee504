// The faces of a take as latents: each with its mouth masked out, and whole as a reference; encoded once, then cached.
import { keyOf } from "../cache/file-cache.ts";
import type { FileCache } from "../cache/file-cache.ts";
import { bytesOfFloats, floatsOfBytes } from "../cache/pack.ts";
import { latentSizeOf } from "../model/networks.ts";
import type { LipsyncNetworks } from "../model/networks.ts";
import type { MaskName } from "../plan/face-masks.ts";
import { faceMasks } from "../plan/face-masks.ts";
import { faceOfCodes } from "../takes/face-codes.ts";
import type { FaceReader, FaceStretch } from "./read-faces.ts";
import type { Batcher } from "./streams.ts";

/** Raised when the same crop gives other latents than before. */
const latentRevision = 1;

export type FaceLatents = {
  readonly frameIndex: number;
  /** [channels, side, side] of the face with the mask's hole in mid-grey. */
  readonly masked: Float32Array;
  /** Likewise of the whole face. */
  readonly whole: Float32Array;
};

export type EncodeTools = {
  readonly networks: LipsyncNetworks;
  readonly cache: FileCache;
  readonly mask: MaskName;
  readonly batches: Batcher;
  readonly signal?: AbortSignal | undefined;
  readonly onEncoded: (faceCount: number) => void;
};

/** Latents of every face of the stretches, in order. Crops are read only where latents are missing. */
export async function* encodeFaces(
  stretches: readonly FaceStretch[],
  reader: FaceReader,
  tools: EncodeTools,
): AsyncGenerator<FaceLatents> {
  const { networks, cache, mask } = tools;
  const { config, parts } = networks.files;
  const { latentScale, latentShifts, vae } = config;
  const inputs = { latentRevision, network: [parts.vae.contentSha256, vae, latentScale, latentShifts], mask };
  for (const stretch of stretches) {
    tools.signal?.throwIfAborted();
    const key = keyOf({ ...inputs, crops: stretch.key });
    const stored = (await cache.read("latents", key))?.blocks.map(floatsOfBytes);
    let latents = stored?.length === 2 * stretch.faces.length ? stored : undefined;
    if (!latents) {
      latents = [...(await encodeStretch(stretch, reader, tools))];
      await cache.write("latents", key, { facts: {}, blocks: latents.map(bytesOfFloats) });
    }
    for (const [at, { frameIndex }] of stretch.faces.entries()) {
      const [masked, whole] = [latents[2 * at], latents[2 * at + 1]];
      if (masked && whole) yield { frameIndex, masked, whole };
    }
  }
}

/** Masked and whole latents by turns. */
async function encodeStretch(
  stretch: FaceStretch,
  reader: FaceReader,
  { networks, mask, batches, onEncoded }: EncodeTools,
): Promise<readonly Float32Array[]> {
  const { config } = networks.files;
  const { keepPixels } = faceMasks(mask, config.faceSizePx);
  const planePx = keepPixels.length;
  const { length } = latentSizeOf(config);
  const crops = await reader.read(stretch);
  const pictures = crops.flatMap((codes) => {
    const { values } = faceOfCodes(codes);
    return [values.map((value, at) => value * (keepPixels[at % planePx] ?? 0)), values];
  });
  const latents = await batches.run(pictures, async (group) => {
    const joined = new Float32Array(group.length * 3 * planePx);
    for (const [at, values] of group.entries()) joined.set(values, at * 3 * planePx);
    const encoded = await networks.encode(joined, group.length);
    return group.map((_, at) => encoded.slice(at * length, (at + 1) * length));
  });
  onEncoded(crops.length);
  return latents;
}
