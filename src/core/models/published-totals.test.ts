// Definitions against the published parameter totals of VAE, Whisper and SyncNet.
import { expect, test } from "vitest";
import { parameterCount, parametersOf } from "./parameters.ts";
import { syncNetGraph, syncNetLatent, syncNetPixelAttention, syncNetPixelPlain } from "./syncnet/stable-syncnet.ts";
import { stableDiffusionVae, vaeDecoderGraph, vaeEncoderGraph } from "./vae/vae.ts";
import { whisperEncoderGraph, whisperTiny } from "./whisper/whisper-encoder.ts";

test("the VAE has 83,653,863 parameters, encoder and decoder together", () => {
  const config = stableDiffusionVae;
  const parts = [vaeEncoderGraph, vaeDecoderGraph].map((part) => parametersOf((weights) => part({ config, weights })));
  expect(parts.reduce((total, part) => total + parameterCount(part), 0)).toBe(83_653_863);
});

test("Whisper tiny's encoder has 8,208,384 parameters, the unused final LayerNorm among them", () => {
  const asked = parametersOf((weights) => whisperEncoderGraph({ config: whisperTiny, weights }));
  const unusedLayerNorm = 2 * whisperTiny.width;
  expect(parameterCount(asked) + unusedLayerNorm).toBe(8_208_384);
  expect(asked.size + 2).toBe(67);
});

test("StableSyncNet has 401,306,080 parameters with attention, 371,766,496 without, 65,544,416 on latents", () => {
  const count = (config: typeof syncNetPixelPlain) =>
    parameterCount(parametersOf((weights) => syncNetGraph({ config, weights })));
  expect(count(syncNetPixelAttention)).toBe(401_306_080);
  expect(count(syncNetPixelPlain)).toBe(371_766_496);
  expect(count(syncNetLatent)).toBe(65_544_416);
});
