// 1080p H.264 through Node as YUV and back to H.264, against one ffmpeg doing the same; and memory of long against short.
import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { silentLogger } from "../../src/core/base/index.ts";
import {
  decodeFrames,
  decodeStrictly,
  encodeFrames,
  findFfmpeg,
  openMedia,
  pictureLike,
  probeMedia,
} from "../../src/core/media/index.ts";

const searchPath = (process.env["PATH"] ?? "").split(delimiter);
const tools = await findFfmpeg({ override: process.env["DUBWRIGHT_FFMPEG"], searchPath }, { logger: silentLogger });
const settings = { crf: 18, preset: "veryfast" };
const [leastSpeedRatio, mostMemoryRatio] = [0.6, 1.1];

function ffmpeg(...args: readonly string[]): void {
  const done = spawnSync(tools.ffmpegPath, ["-v", "error", "-nostdin", "-y", ...args]);
  if (done.status !== 0) throw new Error(done.stderr.toString());
}

async function timeMs(run: () => void | Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await run();
  return performance.now() - startMs;
}

async function transcode(fromPath: string, toPath: string): Promise<void> {
  const source = await openMedia(tools, fromPath);
  const [video] = source.facts.video;
  if (!video) throw new Error("the clip has a picture");
  const request = { path: toPath, codec: "h264", container: "mp4", settings, picture: pictureLike(video) } as const;
  await encodeFrames(tools, decodeFrames(source), request);
}

/** The memory a process needs at most, in MiB, for a transcode of its own. */
function peakMemoryMib(fromPath: string, toPath: string): number {
  const done = spawnSync(process.execPath, [import.meta.filename, "--transcode", fromPath, toPath]);
  if (done.status !== 0) throw new Error(done.stderr.toString());
  return Number(done.stdout.toString()) / 1024;
}

async function compareSpeed(folder: string): Promise<boolean> {
  const film = join(folder, "film.mp4");
  const picture = "testsrc2=s=1920x1080:r=25:d=12,noise=alls=12:allf=t";
  ffmpeg(
    "-f",
    "lavfi",
    "-i",
    picture,
    "-pix_fmt",
    "yuv420p",
    "-c:v",
    "libx264",
    "-preset",
    "veryfast",
    "-b:v",
    "10M",
    film,
  );
  const again = ["-c:v", "libx264", "-crf", String(settings.crf), "-preset", settings.preset, "-an"];
  const results: { through: number; verified: number }[] = [];
  // Turn and turn about, so that a busy machine is busy for both.
  for (let turn = 0; turn < 2; turn += 1) {
    const baselineMs = await timeMs(() => ffmpeg("-i", film, ...again, join(folder, "baseline.mp4")));
    const ours = join(folder, "ours.mp4");
    const verifiedMs = await timeMs(() => transcode(film, ours));
    const verifyMs = await timeMs(async () => {
      await decodeStrictly(tools, ours);
      await probeMedia(tools, ours);
    });
    results.push({ through: baselineMs / (verifiedMs - verifyMs), verified: baselineMs / verifiedMs });
  }
  const through = Math.max(...results.map((result) => result.through));
  const verified = Math.max(...results.map((result) => result.verified));
  console.log(`1080p H.264 to YUV in Node and back, 300 frames, x264 ${settings.preset} crf ${settings.crf}:`);
  console.log(`  ${through.toFixed(2)} of one ffmpeg's speed (wanted >= ${leastSpeedRatio})`);
  console.log(`  ${verified.toFixed(2)} of it with the strict re-read of the result, which that ffmpeg does not do`);
  return through >= leastSpeedRatio;
}

function compareMemory(folder: string): boolean {
  const [short, long] = [join(folder, "ten-seconds.mp4"), join(folder, "ten-minutes.mp4")];
  const picture = "testsrc2=s=640x360:r=25:d=10";
  ffmpeg(
    "-f",
    "lavfi",
    "-i",
    picture,
    "-pix_fmt",
    "yuv420p",
    "-c:v",
    "libx264",
    "-preset",
    "veryfast",
    "-g",
    "50",
    short,
  );
  ffmpeg("-stream_loop", "59", "-i", short, "-c", "copy", long);
  const shortMib = peakMemoryMib(short, join(folder, "short-out.mp4"));
  const longMib = peakMemoryMib(long, join(folder, "long-out.mp4"));
  const ratio = longMib / shortMib;
  console.log(`peak resident memory of our process, 640x360 transcode, 15,000 frames against 250:`);
  console.log(`  ${ratio.toFixed(3)} x (wanted <= ${mostMemoryRatio})`);
  return ratio <= mostMemoryRatio;
}

const [mode, fromPath = "", toPath = ""] = process.argv.slice(2);
if (mode === "--transcode") {
  await transcode(fromPath, toPath);
  process.stdout.write(String(process.resourceUsage().maxRSS));
} else {
  const folder = await mkdtemp(join(tmpdir(), "dubwright-bench-"));
  try {
    const isWithin = [await compareSpeed(folder), compareMemory(folder)].every(Boolean);
    console.log(isWithin ? "within the limits" : "OUTSIDE THE LIMITS");
    process.exitCode = isWithin ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
