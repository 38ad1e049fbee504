// Shots, faces and tracks of a 1080p film against the time it plays, and whether memory grows with its length.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import process from "node:process";
import { silentLogger } from "../../src/core/base/index.ts";
import { analyseReel, openFaceNetworks } from "../../src/core/faces/index.ts";
import { findFfmpeg, openMedia } from "../../src/core/media/index.ts";

/** Of the time that the film plays, at least. */
const leastRealTime = 0.5;
/** A film three times as long may need so much more memory at its peak. */
const mostMemoryRatio = 1.15;
const baseSeconds = 10;
/** Times the base: the short film, too, is longer than what is put away at once, so that both reach their full memory. */
const lengths = { short: 3, long: 9 } as const;

const searchPath = (process.env["PATH"] ?? "").split(delimiter);
const tools = await findFfmpeg({ override: process.env["DUBWRIGHT_FFMPEG"], searchPath }, { logger: silentLogger });

function ffmpeg(...args: readonly string[]): void {
  const done = spawnSync(tools.ffmpegPath, ["-v", "error", "-nostdin", "-y", ...args]);
  if (done.status !== 0) throw new Error(done.stderr.toString());
}

const seconds = (startMs: number): number => (performance.now() - startMs) / 1000;

/** In a process of its own, so that its peak is its own: the measured part of this file. */
async function analyse(path: string, cacheFolder: string): Promise<void> {
  const source = await openMedia(tools, path);
  const [video] = source.facts.video;
  if (!video) throw new Error(`${path} has no picture`);
  let trackCount = 0;
  const startMs = performance.now();
  await analyseReel(
    {
      source,
      streamIndex: video.streamIndex,
      cacheFolder,
      openNetworks: () => openFaceNetworks("bench", silentLogger),
      cutFrames: undefined,
      signal: new AbortController().signal,
      onProgress: () => undefined,
      onStage: () => undefined,
    },
    async ({ tracks }) => {
      trackCount += tracks.length;
    },
  );
  const peakMb = process.resourceUsage().maxRSS / 1024;
  console.log(JSON.stringify({ frames: video.frameCount, tookSeconds: seconds(startMs), peakMb, trackCount }));
}

type Measured = {
  readonly frames: number;
  readonly tookSeconds: number;
  readonly peakMb: number;
  readonly trackCount: number;
};

function measure(path: string, cacheFolder: string): Measured {
  const done = spawnSync(process.execPath, [import.meta.filename, "--analyse", path, cacheFolder]);
  if (done.status !== 0) throw new Error(done.stderr.toString());
  return JSON.parse(done.stdout.toString()) as Measured;
}

const shared = [
  process.env["DUBWRIGHT_SHARED"],
  resolve(import.meta.dirname, "../../../shared"),
  resolve(import.meta.dirname, "../../../../shared"),
];
const clip = shared.map((folder) => join(folder ?? "", "media/demo1_video.mp4")).find((path) => existsSync(path));

if (process.argv[2] === "--analyse") await analyse(String(process.argv[3]), String(process.argv[4]));
else if (clip === undefined) {
  console.log("NOT MEASURED: there is no media/demo1_video.mp4 in ../shared or $DUBWRIGHT_SHARED.");
  process.exitCode = 1;
} else {
  const folder = await mkdtemp(join(tmpdir(), "dubwright-bench-"));
  try {
    const [base, short, long] = ["base.mp4", "short.mp4", "long.mp4"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    const scale = "crop=1080:608:0:500,scale=1920:1080,fps=25";
    const encode = ["-c:v", "libx264", "-preset", "veryfast", "-b:v", "10M", "-pix_fmt", "yuv420p", "-an"];
    ffmpeg("-i", clip, "-t", String(baseSeconds), "-vf", scale, ...encode, base);
    ffmpeg("-stream_loop", String(lengths.short - 1), "-i", base, "-c", "copy", short);
    ffmpeg("-stream_loop", String(lengths.long - 1), "-i", base, "-c", "copy", long);
    const decodeMs = performance.now();
    ffmpeg("-i", long, "-f", "null", "-");
    const decodeSeconds = seconds(decodeMs);
    const [shortRun, longRun] = [measure(short, join(folder, "a")), measure(long, join(folder, "b"))];
    const realTime = longRun.frames / 25 / longRun.tookSeconds;
    const memoryRatio = longRun.peakMb / shortRun.peakMb;
    console.log(
      `1080p25, ${longRun.frames} frames, ${longRun.trackCount} track(s): ${realTime.toFixed(2)} of real time ` +
        `(${(longRun.frames / longRun.tookSeconds).toFixed(0)} frames a second); wanted >= ${leastRealTime}`,
    );
    console.log(`decoding alone takes ${(decodeSeconds / longRun.tookSeconds).toFixed(2)} of that time`);
    console.log(
      `peak of ${longRun.peakMb.toFixed(0)} MB for ${longRun.frames} frames, ${shortRun.peakMb.toFixed(0)} MB for ` +
        `${shortRun.frames}: ratio ${memoryRatio.toFixed(2)}; wanted <= ${mostMemoryRatio}`,
    );
    const isWithin = realTime >= leastRealTime && memoryRatio <= mostMemoryRatio;
    console.log(isWithin ? "within the limits" : "OVER THE LIMIT");
    process.exitCode = isWithin ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
