// Makes one clip from its number: the same number gives the same clip on every machine that has the same voices.
import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { randomFrom } from "../../../src/core/base/index.ts";
import type { HeadModel } from "../model/head-file.ts";
import type { FaceAtlas } from "../look/face-atlas.ts";
import { figureRenderer } from "../render/render-figure.ts";
import type { FigureRenderer } from "../render/render-figure.ts";
import { voicesOf } from "../speech/voices.ts";
import type { Voice } from "../speech/voices.ts";
import { writeClip } from "./clip-file.ts";
import type { Performance } from "./clip-file.ts";
import { planClip } from "./plan-clip.ts";
import { renderClip } from "./render-clip.ts";
import { sayClip } from "./say-clip.ts";

export type Split = Voice["split"];

export type Studio = {
  readonly head: HeadModel;
  readonly atlas: FaceAtlas;
  readonly renderer: FigureRenderer;
  readonly order: StudioOrder;
};

export type StudioOrder = {
  /** Clips go to `folder/SPLIT/NUMBER`. */
  readonly folder: string;
  readonly faceSizePx: number;
  readonly frameCount: number;
  readonly framesPerSecond: number;
  /** A second performance of the same person in the same light, with other words: what a dub should look like. */
  readonly performancesPerClip: 1 | 2;
};

export function openStudio(head: HeadModel, atlas: FaceAtlas, order: StudioOrder): Studio {
  const { faceSizePx } = order;
  return { head, atlas, order, renderer: figureRenderer(head, { widthPx: faceSizePx, heightPx: faceSizePx }) };
}

/** Splits draw from seeds that cannot meet: no identity is in two of them. */
const firstSeed: Readonly<Record<Split, number>> = { train: 0x10000000, validation: 0x50000000, test: 0x90000000 };

export const clipFolder = ({ folder }: StudioOrder, split: Split, number: number): string =>
  join(folder, split, String(number).padStart(5, "0"));

/** Renders clip `number` of `split` unless it is there already. */
export async function makeClip({ head, atlas, renderer, order }: Studio, split: Split, number: number): Promise<void> {
  const target = clipFolder(order, split, number);
  if (existsSync(target)) return;
  const seed = firstSeed[split] + number;
  const random = randomFrom(seed ^ 0x5bd1e995);
  const voices = voicesOf(split);
  const { faceSizePx, frameCount, framesPerSecond, performancesPerClip } = order;
  const lengthSeconds = frameCount / framesPerSecond;
  const plan = planClip(head, atlas, { seed, lengthSeconds, faceSizePx });
  const soundFolder = join(order.folder, `sound-${split}-${number}`);
  await mkdir(soundFolder, { recursive: true });
  const performances: Performance[] = [];
  for (let take = 0; take < performancesPerClip; take++) {
    const voice = voices[(number + take * 7) % voices.length];
    if (voice === undefined) throw new Error(`the ${split} split has no voice`);
    const sound = await sayClip(voice, { seed: random.uint32(), lengthSeconds, folder: soundFolder, name: `${take}` });
    const clip = renderClip(renderer, {
      plan,
      speech: sound,
      timing: { frameCount, framesPerSecond },
      size: { widthPx: faceSizePx, heightPx: faceSizePx },
    });
    performances.push({ ...clip, samples: sound.samples, text: sound.text, phones: sound.phones, voice: voice.name });
  }
  await rm(soundFolder, { recursive: true });
  await writeClip(target, { seed, framesPerSecond, frameCount, faceSizePx }, performances);
}
