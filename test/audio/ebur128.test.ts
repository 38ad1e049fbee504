// The loudness meter against ffmpeg's, on sound with dynamics, in stereo and 5.1.
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { createLoudnessMeter, loudnessWeights } from "../../src/core/audio/index.ts";
import { randomFrom } from "../../src/core/base/index.ts";

const ffmpeg = process.env["DUBWRIGHT_FFMPEG"] ?? "ffmpeg";
const sampleRateHz = 48_000;

/** Bursts of low-passed noise, each channel on its own, with pauses that the gate must leave out. */
function programme(channelCount: number): readonly Float32Array[] {
  return Array.from({ length: channelCount }, (_, channel) => {
    const random = randomFrom(channel + 1);
    let low = 0;
    return Float32Array.from({ length: 20 * sampleRateHz }, (_unused, n) => {
      low += 0.2 * (random.uniform() - 0.5 - low);
      const level = 0.5 + 0.5 * Math.sin(n / 40_000 + channel);
      return Math.floor(n / sampleRateHz) % 5 === 4 ? 0.001 * low : level * low;
    });
  });
}

function ffmpegReading(channels: readonly Float32Array[], layout: string) {
  const interleaved = new Float32Array((channels[0]?.length ?? 0) * channels.length);
  for (const [k, samples] of channels.entries()) {
    for (const [n, value] of samples.entries()) interleaved[n * channels.length + k] = value;
  }
  const input = ["-f", "f32le", "-ar", `${sampleRateHz}`, "-ac", `${channels.length}`, "-channel_layout", layout];
  const args = ["-hide_banner", ...input, "-i", "pipe:0", "-af", "ebur128=peak=true", "-f", "null", "-"];
  const done = spawnSync(ffmpeg, args, { input: new Uint8Array(interleaved.buffer), maxBuffer: 1 << 24 });
  const summary = done.stderr.toString().split("Summary:")[1] ?? "";
  const numberAfter = (label: string) => Number(new RegExp(`${label}:\\s+(-?[\\d.]+)`).exec(summary)?.[1]);
  return { integratedLufs: numberAfter("I"), truePeakDbtp: numberAfter("Peak") };
}

test.each([
  ["stereo", 2],
  ["5.1", 6],
] as const)("%s reads as ffmpeg reads it, to its last printed digit", (layout, channelCount) => {
  const channels = programme(channelCount);
  const meter = createLoudnessMeter({ sampleRateHz, channelWeights: loudnessWeights(layout, channelCount) });
  meter.push(channels);
  const [ours, theirs] = [meter.read(), ffmpegReading(channels, layout)];
  expect(Math.abs(ours.integratedLufs - theirs.integratedLufs)).toBeLessThan(0.1);
  expect(Math.abs(ours.truePeakDbtp - theirs.truePeakDbtp)).toBeLessThan(0.2);
});
