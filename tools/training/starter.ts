// Trains the starter family from nothing, stage after stage; after a stop or a crash the same command goes on:
//   node tools/training/starter.ts --head FOLDER --work FOLDER [--family full|tiny] [--threads N] [--until STAGE]
import { spawn } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { silentLogger, systemClock } from "../../src/core/base/index.ts";
import { openRuntime } from "../../src/core/onnx/index.ts";
import { sweepGraphs } from "../../src/core/training/index.ts";
import { clipFolders } from "./starter/clips.ts";
import { exportFamily } from "./starter/export.ts";
import { full, tiny } from "./starter/family.ts";
import type { Family } from "./starter/family.ts";
import { requireGoing, Stopped } from "./starter/stage.ts";
import type { Shop } from "./starter/stage.ts";
import { teachAutoencoder } from "./starter/stages/autoencoder.ts";
import { drawForDecoder, tuneDecoder } from "./starter/stages/decoder.ts";
import { teachDenoiser } from "./starter/stages/denoiser.ts";
import { encodeClips, measureLatents } from "./starter/stages/latents.ts";
import { makeSounds, teachPhones } from "./starter/stages/phones.ts";
import { teachSyncNet } from "./starter/stages/syncnet.ts";

const stops = ["clips", "sounds", "phones", "vae", "latents", "unet", "decoder", "syncnet", "export"] as const;
type Stop = (typeof stops)[number];

const settingsSchema = z.object({
  head: z.string(),
  work: z.string(),
  family: z.enum(["full", "tiny"]).default("full"),
  threads: z.coerce.number().int().positive().default(availableParallelism()),
  until: z.enum(stops).default("export"),
});

const memoryBudgetBytes = 3e9;

/** Its own process, with workers: a clip that is there already is not made again. */
function makeClips(
  shop: Shop,
  head: string,
  order: { split: string; clips: number; performances: number; family: Family },
) {
  const { split, clips, performances, family } = order;
  const made = path.join(shop.folder, "clips", split);
  if (existsSync(made) && clipFolders(made).length >= clips) return Promise.resolve();
  const args = {
    head,
    out: path.join(shop.folder, "clips"),
    split,
    clips,
    size: family.model.faceSizePx,
    frames: family.material.framesPerClip,
    performances,
    workers: shop.device.threads,
  };
  const words = Object.entries(args).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return new Promise<void>((resolve, reject) => {
    const maker = path.join(import.meta.dirname, "..", "heads", "make.ts");
    const child = spawn(process.execPath, [maker, ...words], { stdio: ["ignore", "inherit", "inherit"] });
    shop.signal.addEventListener("abort", () => child.kill(), { once: true });
    child.on("error", reject);
    child.on("exit", (code) => {
      if (code === 0) resolve();
      else reject(shop.signal.aborted ? new Stopped() : new Error(`the maker of clips ended with ${code}`));
    });
  });
}

async function trainFamily(shop: Shop, family: Family, { head, until }: { head: string; until: Stop }) {
  const last = stops.indexOf(until);
  const isWanted = (stop: Stop) => stops.indexOf(stop) <= last;
  const { clips, validationClips } = family.material;
  const splits = {
    train: path.join(shop.folder, "clips", "train"),
    validation: path.join(shop.folder, "clips", "validation"),
  };
  await makeClips(shop, head, { split: "train", clips, performances: 1, family });
  await makeClips(shop, head, { split: "validation", clips: validationClips, performances: 2, family });
  if (isWanted("sounds")) await makeSounds(shop, family);
  if (!isWanted("phones")) return;
  const phones = await teachPhones(shop, family);
  if (!isWanted("vae")) return;
  const vae = await teachAutoencoder(shop, family, splits);
  if (!isWanted("latents")) return;
  const scale = await measureLatents(shop, family, { vae, train: splits.train });
  await encodeClips(shop, family, { networks: { vae, phones }, scale, splits });
  if (!isWanted("unet")) return;
  const unet = await teachDenoiser(shop, family, splits.validation);
  if (!isWanted("decoder")) return;
  await drawForDecoder(shop, family, { unet, train: splits.train });
  const decoder = await tuneDecoder(shop, family, { train: splits.train, scale, vae });
  if (!isWanted("syncnet")) return;
  const syncNet = await teachSyncNet(shop, family);
  if (!isWanted("export")) return;
  const taught = { unet, vae: { ...vae, ...decoder }, whisper: phones };
  for (const line of await exportFamily(shop, family, { taught, scale, syncNet })) shop.say(line);
}

const { values } = parseArgs({
  options: Object.fromEntries(Object.keys(settingsSchema.shape).map((name) => [name, { type: "string" as const }])),
});
const { head, work, family, threads, until } = settingsSchema.parse(values);
const folder = path.resolve(work);
const graphs = path.join(folder, "graphs");
for (const each of [graphs, path.join(folder, "results")]) mkdirSync(each, { recursive: true });
const isAlive = (pid: number): boolean => pid === process.pid;
sweepGraphs(graphs, isAlive);
const asked = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => asked.abort());
const runtime = await openRuntime({ role: "worker", logger: silentLogger });
const startMs = systemClock.monotonicMs();
const shop: Shop = {
  device: { runtime, provider: "cpu", threads, precision: "float32", memoryBudgetBytes, workFolder: graphs },
  folder,
  clock: systemClock,
  logger: silentLogger,
  signal: asked.signal,
  say: (line) => {
    const minutes = (systemClock.monotonicMs() - startMs) / 60_000;
    process.stdout.write(`${minutes.toFixed(1).padStart(6)} min  ${line}\n`);
  },
};
try {
  requireGoing(shop);
  await trainFamily(shop, family === "full" ? full : tiny, { head, until });
} catch (error) {
  // Ctrl+C reaches synthesizers and compilers as well: what they then say is the stop that was asked for.
  if (!(error instanceof Stopped) && !asked.signal.aborted) throw error;
  shop.say("stopped; the same command goes on from here");
}
