// Whisper's tiny encoder over 30 seconds of sound, against the machine's measured ceiling.
import { randomFrom } from "../../src/core/base/index.ts";
import { whisperEncoderGraph, whisperTiny } from "../../src/core/models/index.ts";
import { compareWithCeiling, measureCeiling } from "./networks/ceiling.ts";
import { noise } from "./networks/measure.ts";
import { seededWeights } from "./networks/seeded-weights.ts";
import { benchSettings } from "./networks/settings.ts";

const bench = await benchSettings();
const ceiling = await measureCeiling(bench);
const whole = whisperEncoderGraph({ config: whisperTiny, weights: seededWeights(1) });
const log_mel = noise(randomFrom(2), [1, whisperTiny.melBins, 2 * whisperTiny.positions]);
await compareWithCeiling(bench, ceiling, { whole, feeds: { log_mel }, sizes: { batch: 1 } });
