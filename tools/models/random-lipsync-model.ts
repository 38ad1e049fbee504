// Makes a small lip-sync model with seeded random weights: for tests and for trying the pipeline without trained weights. What
// it paints is noise.
import { randomFrom } from "../../src/core/base/index.ts";
import { lipsyncMetadataKey, lipsyncParameters, publishedLipsync } from "../../src/core/models/index.ts";
import type { LipsyncModelConfig } from "../../src/core/models/index.ts";
import { weightOf } from "../../src/core/onnx/index.ts";
import { elementCount, tensorOf } from "../../src/core/tensor/index.ts";
import { writeSafetensors } from "../../src/core/weights/index.ts";

/** The sizes of the reference vectors' networks, at 64 px: a window takes a fraction of a second on one core. */
export const smallLipsync: LipsyncModelConfig = {
  ...publishedLipsync,
  faceSizePx: 64,
  unet: {
    ...publishedLipsync.unet,
    levelChannels: [32, 32, 64, 64],
    audioWidth: 48,
    heads: 4,
  },
  vae: { ...publishedLipsync.vae, levelChannels: [32, 32, 64, 64] },
  whisper: { ...publishedLipsync.whisper, width: 48, heads: 4 },
};

/** Smaller in everything, and hearing 4 s at once: for tests that want many windows in a moment. */
export const tinyLipsync: LipsyncModelConfig = {
  ...smallLipsync,
  unet: { ...smallLipsync.unet, levelChannels: [8, 8, 16, 16], layersPerLevel: 1, normGroups: 4, audioWidth: 16 },
  vae: { ...smallLipsync.vae, levelChannels: [8, 8, 16, 16], layersPerLevel: 1, normGroups: 4 },
  whisper: { ...smallLipsync.whisper, width: 16, heads: 2, blocks: 1, positions: 204 },
};

/** Norms begin near the identity and everything else is scaled by fan-in, so that nothing explodes on the way. */
function randomValues(key: string, dims: readonly number[], uniform: () => number): Float32Array {
  const isNormScale = dims.length === 1 && key.endsWith(".weight");
  const fanIn = elementCount(dims.slice(1));
  const spread = dims.length > 1 ? Math.sqrt(3 / fanIn) : 0.1;
  return Float32Array.from({ length: elementCount(dims) }, () => (isNormScale ? 1 : 0) + spread * (2 * uniform() - 1));
}

/** Writes the model to a new file; `models import` takes it. */
export async function writeRandomLipsyncModel(
  path: string,
  { config = smallLipsync, seed = 1 }: { readonly config?: LipsyncModelConfig; readonly seed?: number } = {},
): Promise<void> {
  const { uniform } = randomFrom(seed);
  const weights = [...lipsyncParameters(config)].map(([key, dims]) =>
    weightOf(key, tensorOf("float32", dims, randomValues(key, dims, uniform))),
  );
  await writeSafetensors(path, weights, { metadata: { [lipsyncMetadataKey]: JSON.stringify(config) } });
}
