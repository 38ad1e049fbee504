// Waveform peaks of two hours of 48 kHz stereo, against what ffmpeg alone takes to decode the same file to nothing.
import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { silentLogger } from "../../src/core/base/index.ts";
import { findFfmpeg, openMedia, writePeaks } from "../../src/core/media/index.ts";

const searchPath = (process.env["PATH"] ?? "").split(delimiter);
const tools = await findFfmpeg({ override: process.env["DUBWRIGHT_FFMPEG"], searchPath }, { logger: silentLogger });
const folder = await mkdtemp(join(tmpdir(), "dubwright-bench-"));
const limitRatio = 1.5;

function ffmpeg(...args: readonly string[]): void {
  const done = spawnSync(tools.ffmpegPath, ["-v", "error", "-nostdin", "-y", ...args]);
  if (done.status !== 0) throw new Error(done.stderr.toString());
}

async function timeMs(run: () => void | Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await run();
  return performance.now() - startMs;
}

/** Two minutes of noise and tone, then sixty times the same packets: two hours in seconds. */
function makeTwoHours(name: string, codec: string): string {
  const [short, long] = [join(folder, `short-${name}`), join(folder, name)];
  const noise = ["-f", "lavfi", "-i", "anoisesrc=r=48000:d=120:a=0.3:seed=1"];
  const tone = ["-f", "lavfi", "-i", "sine=220:r=48000:d=120"];
  ffmpeg(...noise, ...tone, "-filter_complex", "[0][1]amerge=inputs=2[a]", "-map", "[a]", "-c:a", codec, short);
  ffmpeg("-stream_loop", "59", "-i", short, "-c", "copy", long);
  return long;
}

try {
  let isWithin = true;
  for (const [name, codec] of [
    ["two-hours.wav", "pcm_s16le"],
    ["two-hours.m4a", "aac"],
  ] as const) {
    const path = makeTwoHours(name, codec);
    const source = await openMedia(tools, path);
    const ratios: number[] = [];
    // ffmpeg with its own defaults, as anyone would run it: that ours asks a WAV file for larger packets is part of our road.
    // Turn and turn about, so that a busy machine is busy for both.
    for (let turn = 0; turn < 3; turn += 1) {
      const baselineMs = await timeMs(() => ffmpeg("-i", path, "-map", "0:a", "-f", "null", "-"));
      const peaksMs = await timeMs(() => writePeaks(source, { path: join(folder, "peaks") }));
      ratios.push(peaksMs / baselineMs);
    }
    const best = Math.min(...ratios);
    isWithin &&= best <= limitRatio;
    const all = ratios.map((ratio) => ratio.toFixed(2)).join(", ");
    console.log(
      `${name} (${codec}): peaks ${best.toFixed(2)} x ffmpeg to null (runs: ${all}); wanted <= ${limitRatio}`,
    );
  }
  console.log(isWithin ? "within the limit" : "OVER THE LIMIT");
  process.exitCode = isWithin ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
