// The picture autoencoder, both ways, one picture at 256 px, against the machine's measured ceiling.
import { randomFrom } from "../../src/core/base/index.ts";
import { stableDiffusionVae, vaeDecoderGraph, vaeEncoderGraph } from "../../src/core/models/index.ts";
import { compareWithCeiling, measureCeiling } from "./networks/ceiling.ts";
import { noise } from "./networks/measure.ts";
import { seededWeights } from "./networks/seeded-weights.ts";
import { benchSettings } from "./networks/settings.ts";

const bench = await benchSettings();
const ceiling = await measureCeiling(bench);
const options = { config: stableDiffusionVae, weights: seededWeights(1) };
const sizes = { batch: 1, height: 32, width: 32 };
const random = randomFrom(2);
const image = noise(random, [1, 3, 256, 256]);
await compareWithCeiling(bench, ceiling, { whole: vaeEncoderGraph(options), feeds: { image }, sizes });
const latent = noise(random, [1, 4, 32, 32]);
await compareWithCeiling(bench, ceiling, { whole: vaeDecoderGraph(options), feeds: { latent }, sizes });
