// From an order to the clean latents of its windows: the first three stages of a take, streaming into each other.
import { hearDialogue } from "./audio/hear-dialogue.ts";
import type { FileCache } from "./cache/file-cache.ts";
import type { DenoiseSettings } from "./model/denoise.ts";
import { latentSizeOf } from "./model/networks.ts";
import type { LipsyncNetworks } from "./model/networks.ts";
import { affineAt } from "./plan/face-path.ts";
import { faceMasks } from "./plan/face-masks.ts";
import { frameNoise } from "./plan/start-noise.ts";
import type { LatentWindow } from "./plan/window-plan.ts";
import { encodeFaces } from "./stages/encode-faces.ts";
import type { FaceLatents } from "./stages/encode-faces.ts";
import { denoiseWindows, gatherWindows } from "./stages/make-windows.ts";
import type { DenoisedWindow } from "./stages/make-windows.ts";
import { faceReader, faceStretches } from "./stages/read-faces.ts";
import { batcher, workAhead } from "./stages/streams.ts";
import type { Batcher } from "./stages/streams.ts";
import type { TakeOrder } from "./take-order.ts";
import type { Tally } from "./work-done.ts";

export type LatentTools = {
  readonly networks: LipsyncNetworks;
  readonly cache: FileCache;
  readonly done: Tally;
  readonly signal: AbortSignal;
  /** How many pictures are encoded at once, and how many windows denoised. */
  readonly pictures: Batcher;
  readonly windows: Batcher;
  readonly onStep: (batch: readonly LatentWindow[], doneRatio: number) => void;
};

/** Latents of every face of the path from a frame on. */
async function* faceLatents(
  { picture, faces, settings }: TakeOrder,
  fromFrame: number,
  { networks, cache, done, signal, pictures }: LatentTools,
): AsyncGenerator<FaceLatents> {
  const { faceSizePx } = networks.files.config;
  const reading = {
    cache,
    faceSizePx,
    signal,
    onDecoded: () => done.count("framesDecoded"),
    onCropped: () => done.count("facesCropped"),
  };
  await using reader = faceReader(picture, faces, reading);
  const stretches = faceStretches(picture, faces, { faceSizePx, fromFrame });
  yield* encodeFaces(stretches, reader, {
    networks,
    cache,
    mask: settings.mask,
    batches: pictures,
    signal,
    onEncoded: (count) => done.count("facesEncoded", count),
  });
}

/** Clean latents of the windows that are left, in order: faces and sound stream in, one batch is in the network. */
export async function* takeLatents(
  order: TakeOrder,
  left: readonly LatentWindow[],
  tools: LatentTools,
): AsyncGenerator<DenoisedWindow> {
  const { networks, cache, signal, done } = tools;
  const { settings } = order;
  const { config } = networks.files;
  const rules = { frameRate: order.frameRate, profile: settings.profile, silence: settings.silence };
  const hear = hearDialogue(order.dialogue, rules, {
    networks,
    cache,
    signal,
    onBlock: () => done.count("soundBlocksHeard"),
  });
  const alpha = settings.sharedNoise === 1 ? Infinity : Math.sqrt(settings.sharedNoise / (1 - settings.sharedNoise));
  const faces = faceLatents(order, left[0]?.startFrame ?? 0, tools);
  const gathered = gatherWindows(left, workAhead(timedEach(faces, done), config.windowFrames), {
    hear: (frameIndex) => done.timed("sound", () => hear(frameIndex)),
    noise: frameNoise({ seed: settings.seed, alpha }, latentSizeOf(config)),
    reference: await referenceLatents(order, tools),
  });
  yield* denoiseWindows(gathered, {
    networks,
    keepLatents: faceMasks(settings.mask, config.faceSizePx).keepLatents,
    settings: denoiseSettingsOf(order, networks),
    batches: tools.windows,
    signal,
    timed: (work) => done.timed("denoise", work),
    onStep: tools.onStep,
  });
}

async function* timedEach<Item>(source: AsyncGenerator<Item>, done: Tally): AsyncGenerator<Item> {
  try {
    for (;;) {
      const next = await done.timed("faces", () => source.next());
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    // Left in the middle, too: behind it stands a decoder.
    await source.return(undefined);
  }
}

function denoiseSettingsOf({ settings }: TakeOrder, { files }: LipsyncNetworks): DenoiseSettings {
  const { inferenceSteps, guidanceScale, guidanceFromRatio, guidanceToRatio, sampler, spacing, deepCacheSteps } =
    settings;
  return {
    inferenceSteps,
    guidance: { guidanceScale, interval: [guidanceFromRatio, guidanceToRatio] },
    sampler,
    spacing: spacing === "model" ? files.config.spacing : spacing,
    deepCacheSteps,
  };
}

/** The face of the one frame that all others are to look like; undefined where each is its own reference. */
async function referenceLatents(order: TakeOrder, tools: LatentTools): Promise<Float32Array | undefined> {
  const { referenceFrame } = order.settings;
  if (referenceFrame === null) return undefined;
  const range = { startFrame: referenceFrame, durationFrames: 1 };
  const faces = { ...order.faces, range, frameToFace: [affineAt(order.faces, referenceFrame)] };
  const tooling = { ...tools, pictures: batcher(2, () => undefined) };
  let reference: Float32Array | undefined;
  for await (const { whole } of faceLatents({ ...order, faces }, referenceFrame, tooling)) reference = whole;
  return reference;
}
