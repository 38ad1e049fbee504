// Ten minutes of stereo sound: resampling, loudness and both mels, each against one ffmpeg process doing its like.
import { spawnSync } from "node:child_process";
import {
  createLoudnessMeter,
  createResampler,
  resample,
  speechLevels,
  speechRanges,
  syncMel,
  whisperLogMel,
} from "../../src/core/audio/index.ts";
import { randomFrom } from "../../src/core/base/index.ts";
import { describeNative } from "../../src/core/native/index.ts";

const ffmpeg = process.env["DUBWRIGHT_FFMPEG"] ?? "ffmpeg";
const sampleRateHz = 48_000;
const blockSamples = sampleRateHz;
const random = randomFrom(1);
const channel = Float32Array.from({ length: 600 * sampleRateHz }, () => 0.2 * (random.uniform() - 0.5));
const blocks = Array.from({ length: 600 }, (_, k) => channel.subarray(k * blockSamples, (k + 1) * blockSamples));

function timeMs(run: () => void): number {
  const startMs = performance.now();
  run();
  return performance.now() - startMs;
}

/** ffmpeg over white noise of the same length, less the time it takes to make the noise. */
function ffmpegMs(channelCount: number, filter: string): number {
  const layout = channelCount === 1 ? "mono" : "stereo";
  const source = `anoisesrc=d=600:r=${sampleRateHz}:a=0.1,aformat=channel_layouts=${layout}`;
  const of = (graph: string) =>
    timeMs(() => {
      const args = ["-v", "error", "-threads", "1", "-f", "lavfi", "-i", graph, "-f", "null", "-"];
      const done = spawnSync(ffmpeg, args);
      if (done.status !== 0) throw new Error(done.stderr.toString());
    });
  return Math.max(1, of(`${source},${filter}`) - of(source));
}

const native = describeNative();
console.log(`native: ${native.serves} (${native.simd})`);

const resampleMs = timeMs(() => {
  const resampler = createResampler({ sourceRateHz: sampleRateHz, targetRateHz: 16_000 });
  for (const block of blocks) resampler.push(block);
  resampler.finish();
});
const resampleBaseMs = ffmpegMs(1, "aresample=16000:filter_size=128:cutoff=0.95:internal_sample_fmt=fltp");
console.log(`resample 48 to 16 kHz, one channel: ${(resampleMs / resampleBaseMs).toFixed(2)} x ffmpeg's aresample`);

const loudnessMs = timeMs(() => {
  const meter = createLoudnessMeter({ sampleRateHz, channelWeights: [1, 1] });
  for (const block of blocks) meter.push([block, block]);
  meter.read();
});
console.log(
  `loudness and true peak, stereo: ${(loudnessMs / ffmpegMs(2, "ebur128=peak=true")).toFixed(2)} x ffmpeg's ebur128`,
);

const low = resample(channel, { sourceRateHz: sampleRateHz, targetRateHz: 16_000 });
const works = { "Whisper log-mel": () => whisperLogMel(low), "SyncNet mel": () => syncMel(low) };
for (const [name, run] of Object.entries(works)) {
  console.log(`${name}: ${(timeMs(run) / resampleMs).toFixed(2)} x our own resampling to 16 kHz`);
}
const speechMs = timeMs(() => speechRanges(speechLevels(low, 16_000)));
console.log(`speech activity: ${(speechMs / resampleMs).toFixed(2)} x our own resampling to 16 kHz`);
