// Everything of a take and its render but the networks, against one ffmpeg process that transcodes the same film; memory by length.
import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { silentLogger, systemClock } from "../../src/core/base/index.ts";
import { planRender, renderRange } from "../../src/core/export/index.ts";
import { fileCache, generateTake, openTake } from "../../src/core/lipsync/index.ts";
import type { LipsyncNetworks, TakeOrder, TakeTools } from "../../src/core/lipsync/index.ts";
import { contentIdentity, openMedia } from "../../src/core/media/index.ts";
import { publishedLipsync } from "../../src/core/models/index.ts";
import { tensorOf, zeros } from "../../src/core/tensor/index.ts";
import { settingsOfQuality } from "../../src/shared/project/index.ts";
import { frameRates } from "../../src/shared/time/index.ts";
import { ffmpeg, testFfmpeg } from "../../test/support/media.ts";
import { makeDialogue, wanderingFace } from "../../test/support/lipsync-stage.ts";

const config = {
  ...publishedLipsync,
  unet: { ...publishedLipsync.unet, audioWidth: 8 },
  whisper: { ...publishedLipsync.whisper, blocks: 0, width: 8 },
};
const size = { px: config.faceSizePx, side: config.faceSizePx / 8 };

/** Networks that cost nothing: zeros of the right shapes. What is left is ours. */
function noNetworks(): LipsyncNetworks {
  const part = { weightsPath: "", folder: "", prefix: "", dtype: "float32", contentSha256: "none" } as const;
  const session = (run: LipsyncNetworks extends { prepare: () => Promise<infer Part> } ? Part : never) => () =>
    Promise.resolve(run);
  const idle = { provider: "cpu", [Symbol.asyncDispose]: () => Promise.resolve() } as const;
  return {
    files: { title: "none", config, parts: { unet: part, vae: part, whisper: part }, modelHash: "none" },
    embed: () => Promise.resolve(new Float32Array(config.whisper.positions * config.whisper.width)),
    encode: (_pictures, count) => Promise.resolve(new Float32Array(count * 4 * size.side ** 2)),
    // A picture that is as hard to store as a face: what was cropped would be easier to come by than to fake.
    decode: (_latents, count) => Promise.resolve(noisyFaces.subarray(0, count * 3 * size.px ** 2)),
    prepare: session({
      ...idle,
      inputNames: [],
      run: () => Promise.resolve({ time_shifts: zeros("float32", [100, 1]) }),
    }),
    step: session({
      ...idle,
      inputNames: ["latents"],
      run: ({ latents }) => {
        const made = latents ? zeros("float32", latents.dims) : tensorOf("float32", [0], new Float32Array(0));
        return Promise.resolve({ noise: made, noise_without_audio: made });
      },
    }),
    provider: () => "cpu",
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** Smooth with a little grain. */
const noisyFaces = Float32Array.from({ length: 16 * 3 * size.px ** 2 }, (_, at) => {
  const grain = ((Math.imul(at, 0x9e3779b1) >>> 20) / 4096 - 0.5) * 0.04;
  return 0.5 * Math.sin((at % size.px) / 40) + 0.3 * Math.sin(at / size.px / 30) + grain;
});

const tools = await testFfmpeg();

async function film(folder: string, { frames, height }: { frames: number; height: number }) {
  const picture = join(folder, `film-${frames}-${height}.mp4`);
  const width = Math.round((height * 16) / 9 / 2) * 2;
  const drawn = `testsrc2=s=${width}x${height}:r=25,noise=alls=12:allf=t,trim=end_frame=${frames}`;
  await ffmpeg("-f", "lavfi", "-i", drawn, "-c:v", "libx264", "-crf", "20", "-pix_fmt", "yuv420p", picture);
  const dialogue = join(folder, "dialogue.wav");
  await makeDialogue(dialogue, { seconds: 4 });
  return { picture, dialogue };
}

async function orderOver(files: { picture: string; dialogue: string }): Promise<TakeOrder> {
  const media = async (path: string) => {
    const source = await openMedia(tools, path);
    return { source, mediaHash: (await contentIdentity(path, source.facts)).mediaHash };
  };
  const [picture, dialogue] = [await media(files.picture), await media(files.dialogue)];
  const durationFrames = picture.source.facts.video[0]?.frameCount ?? 0;
  return {
    picture: { ...picture, streamIndex: 0 },
    dialogue: { ...dialogue, streamIndex: 0, offsetSamples: 0 },
    frameRate: frameRates["25"],
    faces: wanderingFace({ startFrame: 0, durationFrames }, { sizePx: size.px }),
    settings: { ...settingsOfQuality.full, inferenceSteps: 1, guidanceScale: 1 },
  };
}

const toolsFor = (folder: string): TakeTools => ({
  networks: noNetworks(),
  cache: fileCache(join(folder, `cache-${process.hrtime.bigint()}`)),
  batches: { windows: 1, pictures: 16 },
  clock: systemClock,
  log: silentLogger,
  signal: new AbortController().signal,
  onProgress: () => undefined,
  onStage: () => undefined,
  onWindow: () => Promise.resolve(),
});

/** H.264 as a render writes it. */
const codec = { crf: 16, preset: "veryfast" } as const;

async function ours(folder: string, order: TakeOrder): Promise<void> {
  const path = join(folder, `${process.hrtime.bigint()}.take`);
  await generateTake(order, path, toolsFor(folder));
  await using take = await openTake(path);
  const { range } = take;
  const placed = { takeId: "one", segmentId: "one", characterId: null, segment: range, painted: [range] };
  await renderRange(
    {
      source: order.picture.source,
      plan: planRender({ range, takes: [placed], cutFrames: [], fadeFrames: 0 }),
      takes: new Map([["one", { faceSizePx: take.header.faceSizePx, readFrame: take.readFrame }]]),
      sound: [],
      path: join(folder, `${process.hrtime.bigint()}.mp4`),
      container: "mp4",
      codec: "h264",
      settings: codec,
      startTimecode: undefined,
      colourMatch: "surroundings",
      grain: "surroundings",
    },
    { signal: new AbortController().signal, onProgress: () => undefined },
  );
}

async function timeMs(run: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await run();
  return performance.now() - startMs;
}

/** The most memory of a process that makes a take of so many frames, in bytes. */
function memoryOf(frames: number): number {
  const self = fileURLToPath(import.meta.url);
  const done = spawnSync(process.execPath, [self, "memory", String(frames)], { encoding: "utf8" });
  if (done.status !== 0) throw new Error(done.stderr);
  return Number(done.stdout.trim()) * 1024;
}

const folder = await mkdtemp(join(tmpdir(), "dubwright-bench-"));
try {
  const [what, frames] = process.argv.slice(2);
  if (what === "memory") {
    const order = await orderOver(await film(folder, { frames: Number(frames), height: 360 }));
    await generateTake(order, join(folder, "one.take"), toolsFor(folder));
    console.log(process.resourceUsage().maxRSS);
  } else {
    const files = await film(folder, { frames: 100, height: 1080 });
    const order = await orderOver(files);
    const ratios: number[] = [];
    // Turn and turn about, so that a busy machine is busy for both.
    for (let turn = 0; turn < 2; turn++) {
      const out = join(folder, `baseline-${turn}.mp4`);
      const settings = ["-c:v", "libx264", "-crf", String(codec.crf), "-preset", codec.preset, "-pix_fmt", "yuv420p"];
      const baselineMs = await timeMs(() => ffmpeg("-i", files.picture, ...settings, out));
      ratios.push(baselineMs / (await timeMs(() => ours(folder, order))));
    }
    const best = Math.max(...ratios);
    const all = ratios.map((ratio) => ratio.toFixed(2)).join(", ");
    console.log(
      `take and render of 100 frames 1080p: ${best.toFixed(2)} of ffmpeg's speed (runs: ${all}); wanted >= 0.5`,
    );
    const [short, long] = [memoryOf(400), memoryOf(4000)];
    const growth = long / short;
    const mib = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;
    console.log(
      `memory for 4,000 frames: ${growth.toFixed(2)} of that for 400 (${mib(long)}, ${mib(short)}); wanted <= 1.10`,
    );
    process.exitCode = best >= 0.5 && growth <= 1.1 ? 0 : 1;
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
