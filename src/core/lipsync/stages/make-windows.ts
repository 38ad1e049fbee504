// Windows through the network: frames are gathered as they come, batches are denoised, latents leave window by window.
import type { Hear } from "../audio/hear-dialogue.ts";
import { denoise } from "../model/denoise.ts";
import type { DenoiseSettings } from "../model/denoise.ts";
import { latentSizeOf } from "../model/networks.ts";
import type { LipsyncNetworks } from "../model/networks.ts";
import type { FrameNoise } from "../plan/start-noise.ts";
import type { LatentWindow } from "../plan/window-plan.ts";
import { frameOfLatents, windowTensors } from "../plan/window-tensors.ts";
import type { WindowFrame } from "../plan/window-tensors.ts";
import { assert } from "../../../shared/failure/index.ts";
import type { FaceLatents } from "./encode-faces.ts";
import type { Batcher } from "./streams.ts";

/** A window with everything the network takes of it: as many frames as it sees, the last repeated where it is short. */
export type GatheredWindow = { readonly window: LatentWindow; readonly frames: readonly WindowFrame[] };

export type DenoisedWindow = {
  readonly window: LatentWindow;
  /** Clean latents of its `frameCount` frames. */
  readonly latents: readonly Float32Array[];
};

export type GatherTools = {
  readonly hear: Hear;
  readonly noise: FrameNoise;
  /** In place of each frame's own face; undefined as published. */
  readonly reference: Float32Array | undefined;
};

/** Holds the frames of one window and no more. `faces` come in order and hold every frame of every window. */
export async function* gatherWindows(
  windows: readonly LatentWindow[],
  faces: AsyncIterable<FaceLatents>,
  { hear, noise, reference }: GatherTools,
): AsyncGenerator<GatheredWindow> {
  const held = new Map<number, WindowFrame>();
  const source = faces[Symbol.asyncIterator]();
  try {
    for (const window of windows) {
      for (const frameIndex of held.keys()) if (frameIndex < window.startFrame) held.delete(frameIndex);
      const lastFrame = window.startFrame + window.frameCount - 1;
      while (!held.has(lastFrame)) {
        const next = await source.next();
        assert(next.done !== true, `the face of frame ${lastFrame} comes`);
        const { frameIndex, masked, whole } = next.value;
        if (frameIndex < window.startFrame) continue;
        held.set(frameIndex, {
          maskedLatents: masked,
          referenceLatents: reference ?? whole,
          startNoise: noise(frameIndex),
          audio: await hear(frameIndex),
        });
      }
      const frames = Array.from({ length: window.frameCount + window.paddedFrames }, (_, at) => {
        const frame = held.get(window.startFrame + Math.min(at, window.frameCount - 1));
        assert(frame, "a window's frames follow each other");
        return frame;
      });
      yield { window, frames };
    }
  } finally {
    await source.return?.();
  }
}

export type DenoiseTools = {
  readonly networks: LipsyncNetworks;
  /** The mask channel, [side, side]. */
  readonly keepLatents: Float32Array;
  readonly settings: DenoiseSettings;
  readonly batches: Batcher;
  readonly signal?: AbortSignal | undefined;
  readonly timed: <Value>(work: () => Promise<Value>) => Promise<Value>;
  /** After each step of a batch of so many windows; `doneRatio` of the batch. */
  readonly onStep: (windows: readonly LatentWindow[], doneRatio: number) => void;
};

/** Latents of every window, in order; windows of equal length go through the network together. */
export async function* denoiseWindows(
  gathered: AsyncIterable<GatheredWindow>,
  tools: DenoiseTools,
): AsyncGenerator<DenoisedWindow> {
  let group: GatheredWindow[] = [];
  const flush = async () => {
    const made = await tools.batches.run(group, (part) => denoiseGroup(part, tools));
    group = [];
    return made;
  };
  for await (const next of gathered) {
    const isSameLength = group[0] === undefined || group[0].frames.length === next.frames.length;
    if (!isSameLength || group.length >= tools.batches.size()) yield* await flush();
    group.push(next);
    if (group.length >= tools.batches.size()) yield* await flush();
  }
  yield* await flush();
}

async function denoiseGroup(
  group: readonly GatheredWindow[],
  { networks, keepLatents, settings, signal, timed, onStep }: DenoiseTools,
): Promise<readonly DenoisedWindow[]> {
  signal?.throwIfAborted();
  const size = latentSizeOf(networks.files.config);
  const frames = group[0]?.frames.length ?? 0;
  const tensors = windowTensors(
    group.map((each) => each.frames),
    keepLatents,
    size,
  );
  const windows = group.map(({ window }) => window);
  const onEachStep = (stepIndex: number) => onStep(windows, (stepIndex + 1) / settings.inferenceSteps);
  const latents = await timed(() =>
    denoise(networks, { count: group.length, frames, ...tensors }, settings, { signal, onStep: onEachStep }),
  );
  return windows.map((window, at) => ({
    window,
    latents: Array.from({ length: window.frameCount }, (_, frameInWindow) =>
      frameOfLatents(latents, { window: at, frameInWindow, frames }, size),
    ),
  }));
}
