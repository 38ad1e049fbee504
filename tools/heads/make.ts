// Makes clips of people who don't exist, speaking, with the truth of every frame:
//   node tools/heads/make.ts --head FOLDER --out FOLDER --split train --clips 1000 [--first 0] [--size 128] [--frames 64]
//     [--performances 1] [--workers N]
// A clip that is there already is not made again, so the command can be stopped and repeated.
import { availableParallelism } from "node:os";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { parseArgs } from "node:util";
import { z } from "zod";
import { makeClip, openStudio } from "./clip/make-clip.ts";
import type { StudioOrder } from "./clip/make-clip.ts";
import { faceAtlas } from "./look/face-atlas.ts";
import { readHead } from "./model/head-file.ts";
import { buildEspeakTimes } from "./speech/synthesise.ts";

const count = z.coerce.number().int().positive();
const settingsSchema = z.object({
  head: z.string(),
  out: z.string(),
  split: z.enum(["train", "validation", "test"]),
  clips: count,
  first: z.coerce.number().int().nonnegative().default(0),
  size: count.default(128),
  frames: count.default(64),
  performances: z.coerce
    .number()
    .pipe(z.union([z.literal(1), z.literal(2)]))
    .default(1),
  workers: count.default(availableParallelism()),
});
type Settings = z.infer<typeof settingsSchema>;

/** Texels along a side of the painted face: twice the finest crop. */
const atlasSizePx = 512;

const orderOf = ({ out, size, frames, performances }: Settings): StudioOrder => ({
  folder: out,
  faceSizePx: size,
  frameCount: frames,
  framesPerSecond: 25,
  performancesPerClip: performances,
});

async function direct(): Promise<void> {
  const { values } = parseArgs({
    options: Object.fromEntries(Object.keys(settingsSchema.shape).map((name) => [name, { type: "string" as const }])),
  });
  const settings = settingsSchema.parse(values);
  await buildEspeakTimes(settings.out);
  let next = settings.first;
  let done = 0;
  const end = settings.first + settings.clips;
  const work = () =>
    new Promise<void>((resolve, reject) => {
      const worker = new Worker(new URL(import.meta.url), { workerData: settings });
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread, not a window
      const hand = () => worker.postMessage(next < end ? next++ : undefined);
      worker.on("message", () => {
        if (done++ % 20 === 0) process.stderr.write(`\r${done} of ${settings.clips} clips`);
        hand();
      });
      worker.on("error", reject);
      worker.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`a worker ended with ${code}`))));
      hand();
    });
  await Promise.all(Array.from({ length: settings.workers }, work));
  process.stderr.write(`\r${settings.clips} clips lie in ${settings.out}/${settings.split}\n`);
}

function perform(): void {
  const settings = settingsSchema.parse(workerData);
  const head = readHead(settings.head);
  const studio = openStudio(head, faceAtlas(head, atlasSizePx), orderOf(settings));
  parentPort?.on("message", (number: number | undefined) => {
    if (number === undefined) {
      parentPort?.close();
      return;
    }
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread, not a window
    void makeClip(studio, settings.split, number).then(() => parentPort?.postMessage("done"));
  });
}

if (isMainThread) await direct();
else perform();
