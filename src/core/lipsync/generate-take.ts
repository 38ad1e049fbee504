// From an order to a take's file: faces and sound in, windows through the network, each kept as it is finished, then one file.
import { crc32 } from "node:zlib";
import { assert } from "../../shared/failure/index.ts";
import { endFrameOf } from "../../shared/time/index.ts";
import type { Clock, Logger, Progress } from "../base/index.ts";
import type { FileCache } from "./cache/file-cache.ts";
import type { LipsyncNetworks } from "./model/networks.ts";
import { affineAt } from "./plan/face-path.ts";
import type { LatentWindow } from "./plan/window-plan.ts";
import { findWindow, finishWindow, keepWindow, mustFindWindow } from "./stages/finish-windows.ts";
import type { Tail } from "./stages/finish-windows.ts";
import { cropDepthBits } from "./stages/read-faces.ts";
import { batcher } from "./stages/streams.ts";
import { madeFrom, takeKey, windowsOf } from "./take-order.ts";
import { takeLatents } from "./take-latents.ts";
import type { TakeOrder } from "./take-order.ts";
import type { StoredFace, TakeHeader } from "./takes/take-header.ts";
import { writeTake } from "./takes/write-take.ts";
import { tally } from "./work-done.ts";
import type { StageSeconds, Tally, WorkDone } from "./work-done.ts";

/** How much goes through a network at once to begin with; it is halved where memory runs out. */
export type BatchSizes = { readonly windows: number; readonly pictures: number };

export type TakeTools = {
  readonly networks: LipsyncNetworks;
  readonly cache: FileCache;
  readonly batches: BatchSizes;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly onProgress: Progress;
  readonly onStage: (phrase: string) => void;
  /** After a window has been finished and lies on the disk; what was counted since the last one. */
  readonly onWindow: (window: LatentWindow, done: WorkDone) => Promise<void>;
};

export type MadeTake = {
  readonly work: WorkDone;
  readonly seconds: StageSeconds;
  /** Frames of the range in which a face was made. */
  readonly faceFrames: number;
  /** Windows found finished from an earlier attempt. */
  readonly windowsFound: number;
};

/**
 * Makes the take and writes its file to `path`, which must not exist. Windows that an earlier attempt has finished are not made
 * again; they lie in the cache until `forgetWindows`. Refuses with `lipsync.no-face`, `lipsync.no-reference`,
 * `lipsync.parity-rate`; fails with `disk.full` or `onnx.out-of-memory` when one window alone does not fit.
 */
export async function generateTake(order: TakeOrder, path: string, tools: TakeTools): Promise<MadeTake> {
  const { networks, cache, clock } = tools;
  const windows = windowsOf(order, networks.files);
  const key = takeKey(order, networks.files);
  const done = tally(() => clock.monotonicMs());
  const found = await findFinished(windows, key, cache);
  const left = windows.slice(found.count);
  const faceFrames = windows.reduce((sum, { finishedFrames }) => sum + finishedFrames, 0);
  const doneFrames = faceFrames - left.reduce((sum, { finishedFrames }) => sum + finishedFrames, 0);
  tools.onStage("making the lips");
  tools.onProgress(doneFrames, faceFrames, "frames");
  if (left.length > 0)
    await makeWindows(order, { left, key, tail: found.tail, doneFrames, faceFrames }, { ...tools, done });
  tools.onStage("writing the take");
  await done.timed("store", () => assembleTake(order, windows, { path, key, tools }));
  return { work: done.work(), seconds: done.seconds(), faceFrames, windowsFound: found.count };
}

/** Removes what `generateTake` has kept of an order: once its take is safe. */
export const forgetWindows = (order: TakeOrder, { networks, cache }: Pick<TakeTools, "networks" | "cache">) =>
  cache.remove("windows", takeKey(order, networks.files));

/** How many windows are finished from the first on, and the tail of the last of them. */
async function findFinished(windows: readonly LatentWindow[], key: string, cache: FileCache) {
  let tail: Tail = new Map();
  for (const [count, window] of windows.entries()) {
    const finished = await findWindow(cache, key, window);
    if (!finished) return { count, tail };
    ({ tail } = finished);
  }
  return { count: windows.length, tail };
}

type Making = {
  readonly left: readonly LatentWindow[];
  readonly key: string;
  readonly tail: Tail;
  readonly doneFrames: number;
  readonly faceFrames: number;
};

type MakingTools = TakeTools & { readonly done: Tally };

async function makeWindows(order: TakeOrder, making: Making, tools: MakingTools): Promise<void> {
  const { networks, cache, done, log } = tools;
  const halved = (what: string) => (size: number) =>
    log.warn(`Memory ran out: ${what} go ${size} at a time from now on.`);
  const pictures = batcher(tools.batches.pictures, halved("pictures"));
  let { tail, doneFrames } = making;
  let counted = done.work();
  const onStep = (batch: readonly LatentWindow[], doneRatio: number) => {
    const frames = batch.reduce((sum, { finishedFrames }) => sum + finishedFrames, 0);
    tools.onProgress(doneFrames + Math.floor(frames * doneRatio), making.faceFrames, "frames");
  };
  const windowBatches = batcher(tools.batches.windows, halved("windows"));
  const denoised = takeLatents(order, making.left, {
    networks,
    cache,
    done,
    signal: tools.signal,
    pictures,
    windows: windowBatches,
    onStep,
  });
  for await (const next of denoised) {
    const finished = await done.timed("decode", () =>
      finishWindow(next, tail, {
        networks,
        batches: pictures,
        depthBits: cropDepthBits(order.picture),
        onDecoded: (count) => done.count("facesDecoded", count),
      }),
    );
    await done.timed("store", () => keepWindow(cache, making.key, finished));
    done.count("windowsDenoised");
    ({ tail } = finished);
    doneFrames += next.window.finishedFrames;
    await tools.onWindow(next.window, sinceThen(done.work(), counted));
    counted = done.work();
    tools.onProgress(doneFrames, making.faceFrames, "frames");
  }
}

const sinceThen = (now: WorkDone, then: WorkDone): WorkDone => ({
  framesDecoded: now.framesDecoded - then.framesDecoded,
  facesCropped: now.facesCropped - then.facesCropped,
  facesEncoded: now.facesEncoded - then.facesEncoded,
  soundBlocksHeard: now.soundBlocksHeard - then.soundBlocksHeard,
  windowsDenoised: now.windowsDenoised - then.windowsDenoised,
  facesDecoded: now.facesDecoded - then.facesDecoded,
});

type Assembling = { readonly path: string; readonly key: string; readonly tools: TakeTools };

/** One file of all windows: read twice, once for the header and once for the faces, never all at a time. */
async function assembleTake(order: TakeOrder, windows: readonly LatentWindow[], { path, key, tools }: Assembling) {
  const { networks, cache } = tools;
  const { range } = order.faces;
  const frames = Array.from({ length: range.durationFrames }, (): StoredFace | null => null);
  for (const window of windows) {
    const { blocks } = await mustFindWindow(cache, key, window);
    for (const [at, block] of blocks.entries()) {
      const frameIndex = window.startFrame + at;
      const frameToFace = affineAt(order.faces, frameIndex);
      assert(frameToFace && frameIndex < endFrameOf(range), "a finished frame has a face");
      frames[frameIndex - range.startFrame] = {
        frameToFace: [...frameToFace],
        sizeBytes: block.byteLength,
        crc32: crc32(block),
      };
    }
  }
  const header: TakeHeader = {
    format: 1,
    faceSizePx: networks.files.config.faceSizePx,
    depthBits: cropDepthBits(order.picture),
    frameRate: order.frameRate,
    startFrame: range.startFrame,
    frames,
    madeFrom: madeFrom(order, networks.files),
  };
  const blocksOfWindows = async function* () {
    for (const window of windows) yield* (await mustFindWindow(cache, key, window)).blocks;
  };
  await writeTake(path, { header, blocks: blocksOfWindows() });
}
