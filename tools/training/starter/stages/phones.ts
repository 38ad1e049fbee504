// The audio encoder: sentences of many voices, spoken by the machine's synthesizers, and the phone that sounds in each 20 ms.
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { whisperLogPower, whisperScale } from "../../../../src/core/audio/index.ts";
import { tensorOf } from "../../../../src/core/tensor/index.ts";
import { newWeights, openPhoneTask } from "../../../../src/core/training/index.ts";
import type { Dataset, Parameters } from "../../../../src/core/training/index.ts";
import { sayClip } from "../../../heads/clip/say-clip.ts";
import { phones } from "../../../heads/speech/phones.ts";
import type { TimedPhone } from "../../../heads/speech/phones.ts";
import { buildEspeakTimes } from "../../../heads/speech/synthesise.ts";
import { voicesOf } from "../../../heads/speech/voices.ts";
import type { Family } from "../family.ts";
import { readTensors, requireGoing, trainStage, writeTensors } from "../stage.ts";
import type { Shop } from "../stage.ts";
import { varied } from "../varied-sound.ts";

type Split = "train" | "validation";

const rowSeconds = 0.02;
const numberOf = new Map<string, number>(phones.map((phone, at) => [phone, at]));
const silence = 0;

/** The phone in the middle of each row. */
export function labelsOf(spoken: readonly TimedPhone[], rows: number): Float32Array {
  const labels = new Float32Array(rows).fill(silence);
  for (const { phone, fromSeconds, toSeconds } of spoken) {
    const first = Math.max(0, Math.ceil(fromSeconds / rowSeconds - 0.5));
    const end = Math.min(rows, Math.ceil(toSeconds / rowSeconds - 0.5));
    if (end > first) labels.fill(numberOf.get(phone) ?? silence, first, end);
  }
  return labels;
}

const splitSeed: Readonly<Record<Split, number>> = { train: 0x0a000000, validation: 0x0b000000 };

type Unsaid = { readonly split: Split; readonly number: number; readonly file: string };

function unsaid({ folder }: Shop, { material }: Family): readonly Unsaid[] {
  const counts = { train: material.utterances, validation: material.validationUtterances } as const;
  return (["validation", "train"] as const).flatMap((split) =>
    Array.from({ length: counts[split] }, (_, number) => {
      const name = `${String(number).padStart(5, "0")}.safetensors`;
      return { split, number, file: path.join(folder, "sounds", split, name) };
    }).filter(({ file }) => !existsSync(file)),
  );
}

/** Speaks what is not there yet: one file an utterance, with its log power [bins, 2 rows] and a label for each row. */
export async function makeSounds(shop: Shop, family: Family): Promise<void> {
  const rows = family.model.whisper.positions;
  const missing = unsaid(shop, family);
  if (missing.length === 0) return;
  const work = path.join(shop.folder, "sound-work");
  await buildEspeakTimes(shop.folder);
  for (const [done, { split, number, file }] of missing.entries()) {
    requireGoing(shop);
    const voices = voicesOf(split);
    const voice = voices[number % voices.length];
    if (voice === undefined) throw new Error(`no voice is there for ${split}`);
    for (const folder of [work, path.dirname(file)]) mkdirSync(folder, { recursive: true });
    const order = { seed: splitSeed[split] + number, lengthSeconds: rows * rowSeconds, folder: work, name: "said" };
    const said = await sayClip(voice, order);
    const { melBins, values } = whisperLogPower(said.samples);
    await writeTensors(file, {
      log_power: tensorOf("float32", [melBins, 2 * rows], values),
      labels: tensorOf("float32", [rows], labelsOf(said.phones, rows)),
    });
    if (done % 200 === 0) shop.say(`sounds: ${done} of ${missing.length}`);
  }
  rmSync(work, { recursive: true, force: true });
}

/** Most are varied; the others, and all that are for measuring, are heard as they were spoken. */
const variedRatio = 0.8;

export function soundDataset(folder: string, split: Split): Dataset {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".safetensors"))
    .toSorted();
  return {
    size: files.length,
    load: (index, random) => {
      const { log_power: power, labels } = readTensors(path.join(folder, files[index] ?? ""));
      if (power === undefined || labels === undefined) throw new Error(`${files[index]} is no utterance`);
      const [bins = 0, melFrames = 0] = power.dims;
      const isVaried = split === "train" && random.uniform() < variedRatio;
      const values = isVaried ? varied({ bins, values: power.data }, random) : power.data;
      const loudest = values.reduce((most, value) => Math.max(most, value), -10);
      const scaled = whisperScale({ melBins: bins, melFrames, values }, loudest);
      return Promise.resolve({ log_mel: tensorOf("float32", [bins, melFrames], scaled.values), labels });
    },
  };
}

export async function teachPhones(shop: Shop, { model, stages }: Family): Promise<Parameters> {
  const folder = path.join(shop.folder, "sounds");
  return await trainStage(shop, {
    name: "phones",
    numbers: stages.phones,
    dataset: soundDataset(path.join(folder, "train"), "train"),
    validation: soundDataset(path.join(folder, "validation"), "validation"),
    openTask: (batch) =>
      openPhoneTask({
        config: model.whisper,
        weights: newWeights(11),
        batch,
        labelSmoothing: 0.05,
        device: shop.device,
      }),
  });
}
