// What is finished of each window: latents blended where windows meet, decoded to faces, stored; and windows found again.
import { z } from "zod";
import { failed } from "../../../shared/failure/index.ts";
import type { FileCache } from "../cache/file-cache.ts";
import { bytesOfFloats, floatsOfBytes } from "../cache/pack.ts";
import type { LipsyncNetworks } from "../model/networks.ts";
import { latentSizeOf } from "../model/networks.ts";
import { blendShare } from "../plan/window-plan.ts";
import type { LatentWindow } from "../plan/window-plan.ts";
import { codesOfFace, compressFace } from "../takes/face-codes.ts";
import type { DenoisedWindow } from "./make-windows.ts";
import type { Batcher } from "./streams.ts";

/** Latents of frames that a later window blends into, by frame. */
export type Tail = ReadonlyMap<number, Float32Array>;

export type FinishedWindow = {
  readonly window: LatentWindow;
  /** One block per finished frame, as a take holds it. */
  readonly blocks: readonly Uint8Array[];
  readonly tail: Tail;
};

export type FinishTools = {
  readonly networks: LipsyncNetworks;
  readonly batches: Batcher;
  readonly depthBits: number;
  readonly onDecoded: (faceCount: number) => void;
};

/** The later window's latents over the earlier one's, frame by frame, where both have made them. */
export function blendWindow({ window, latents }: DenoisedWindow, tail: Tail): readonly Float32Array[] {
  return latents.map((later, at) => {
    const earlier = at < window.blendFrames ? tail.get(window.startFrame + at) : undefined;
    if (!earlier) return later;
    const share = blendShare(at, window.blendFrames);
    return later.map((value, k) => share * value + (1 - share) * (earlier[k] ?? 0));
  });
}

/** Decodes the frames that are finished with this window; the others wait as its tail. */
export async function finishWindow(denoised: DenoisedWindow, tail: Tail, tools: FinishTools): Promise<FinishedWindow> {
  const { window } = denoised;
  const blended = blendWindow(denoised, tail);
  const faces = await decodeFaces(blended.slice(0, window.finishedFrames), tools);
  const blocks = await Promise.all(faces.map((face) => compressFace(codesOfFace(face, tools.depthBits))));
  const waiting = blended
    .slice(window.finishedFrames)
    .map((latents, at) => [window.startFrame + window.finishedFrames + at, latents] as const);
  return { window, blocks, tail: new Map(waiting) };
}

async function decodeFaces(latents: readonly Float32Array[], { networks, batches, onDecoded }: FinishTools) {
  const { config } = networks.files;
  const { length } = latentSizeOf(config);
  const px = config.faceSizePx;
  return await batches.run(latents, async (group) => {
    const joined = new Float32Array(group.length * length);
    for (const [at, values] of group.entries()) joined.set(values, at * length);
    const pictures = await networks.decode(joined, group.length);
    onDecoded(group.length);
    return group.map((_, at) => ({
      channels: 3,
      widthPx: px,
      heightPx: px,
      values: pictures.subarray(at * 3 * px * px, (at + 1) * 3 * px * px),
    }));
  });
}

const windowKey = (takeKey: string, index: number): string => `${takeKey}/${index}`;

const factsSchema = z.strictObject({ finishedFrames: z.int(), tailFrames: z.array(z.int()) });

/** Puts a finished window on the disk, whole or not at all. */
export async function keepWindow(
  cache: FileCache,
  takeKey: string,
  { window, blocks, tail }: FinishedWindow,
): Promise<void> {
  const facts = { finishedFrames: window.finishedFrames, tailFrames: [...tail.keys()] };
  await cache.write("windows", windowKey(takeKey, window.index), {
    facts,
    blocks: [...blocks, ...[...tail.values()].map(bytesOfFloats)],
  });
}

/** A window that is finished already; undefined when it is not, or not whole. */
export async function findWindow(
  cache: FileCache,
  takeKey: string,
  window: LatentWindow,
): Promise<FinishedWindow | undefined> {
  const pack = await cache.read("windows", windowKey(takeKey, window.index));
  const facts = factsSchema.safeParse(pack?.facts);
  if (!pack || !facts.success || facts.data.finishedFrames !== window.finishedFrames) return undefined;
  const { tailFrames, finishedFrames } = facts.data;
  if (pack.blocks.length !== finishedFrames + tailFrames.length) return undefined;
  const waiting = pack.blocks.slice(finishedFrames).map(floatsOfBytes);
  return {
    window,
    blocks: pack.blocks.slice(0, finishedFrames),
    tail: new Map(tailFrames.map((frameIndex, at) => [frameIndex, waiting[at] ?? new Float32Array(0)])),
  };
}

/** A window that must be there, because it was kept. */
export async function mustFindWindow(cache: FileCache, takeKey: string, window: LatentWindow): Promise<FinishedWindow> {
  const found = await findWindow(cache, takeKey, window);
  if (found) return found;
  throw failed("lipsync.window-lost", {
    message: `The finished window ${window.index + 1} of this take is gone from the cache or damaged.`,
    hint: "Try again: only what is missing is made again.",
    details: { index: window.index },
  });
}
