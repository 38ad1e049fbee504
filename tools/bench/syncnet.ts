// StableSyncNet over one window of 16 frames, with attention and plain, against the machine's measured ceiling.
import { randomFrom } from "../../src/core/base/index.ts";
import { syncNetGraph, syncNetPixelAttention, syncNetPixelPlain } from "../../src/core/models/index.ts";
import { compareWithCeiling, measureCeiling } from "./networks/ceiling.ts";
import { noise } from "./networks/measure.ts";
import { seededWeights } from "./networks/seeded-weights.ts";
import { benchSettings } from "./networks/settings.ts";

const bench = await benchSettings();
const ceiling = await measureCeiling(bench);
const random = randomFrom(2);
for (const [name, config] of Object.entries({ attention: syncNetPixelAttention, plain: syncNetPixelPlain })) {
  const whole = { ...syncNetGraph({ config, weights: seededWeights(1) }), name: `stable-syncnet, ${name}` };
  const feeds = {
    visual: noise(random, [1, config.visual.inChannels, ...config.visualSize]),
    mel: noise(random, [1, config.audio.inChannels, ...config.audioSize]),
  };
  await compareWithCeiling(bench, ceiling, { whole, feeds, sizes: { batch: 1 } });
}
