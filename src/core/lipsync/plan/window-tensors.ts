// Frames of latents laid out as the networks take windows, [window, channel, frame, place], and back again.
import type { LatentSize } from "../model/networks.ts";

/** Of one frame: what the U-Net knows before any noise is there, and what it hears. */
export type WindowFrame = {
  /** [channels, side, side] each. */
  readonly maskedLatents: Float32Array;
  readonly referenceLatents: Float32Array;
  readonly startNoise: Float32Array;
  /** [tokens, width]. */
  readonly audio: Float32Array;
};

export type WindowTensors = {
  readonly condition: Float32Array;
  readonly audio: Float32Array;
  readonly startNoise: Float32Array;
};

/** `keep` is the mask channel of one frame, [side, side], 1 where the picture stays. All windows have equally many frames. */
export function windowTensors(
  windows: readonly (readonly WindowFrame[])[],
  keep: Float32Array,
  { channels, side }: LatentSize,
): WindowTensors {
  const area = side * side;
  const frames = windows[0]?.length ?? 0;
  const known = 1 + 2 * channels;
  const condition = new Float32Array(windows.length * known * frames * area);
  const startNoise = new Float32Array(windows.length * channels * frames * area);
  const audioLength = windows[0]?.[0]?.audio.length ?? 0;
  const audio = new Float32Array(windows.length * frames * audioLength);
  for (const [at, window] of windows.entries())
    for (const [frame, { maskedLatents, referenceLatents, startNoise: noise, audio: heard }] of window.entries()) {
      const put = (channel: number, values: Float32Array) =>
        condition.set(values, ((at * known + channel) * frames + frame) * area);
      put(0, keep);
      for (let channel = 0; channel < channels; channel++) {
        const own = (values: Float32Array) => values.subarray(channel * area, (channel + 1) * area);
        put(1 + channel, own(maskedLatents));
        put(1 + channels + channel, own(referenceLatents));
        startNoise.set(own(noise), ((at * channels + channel) * frames + frame) * area);
      }
      audio.set(heard, (at * frames + frame) * audioLength);
    }
  return { condition, audio, startNoise };
}

/** One frame [channels, side, side] of latents [window, channels, frames, side, side]. */
export function frameOfLatents(
  latents: Float32Array,
  {
    window,
    frameInWindow,
    frames,
  }: { readonly window: number; readonly frameInWindow: number; readonly frames: number },
  { channels, side, length }: LatentSize,
): Float32Array {
  const area = side * side;
  const values = new Float32Array(length);
  for (let channel = 0; channel < channels; channel++) {
    const from = ((window * channels + channel) * frames + frameInWindow) * area;
    values.set(latents.subarray(from, from + area), channel * area);
  }
  return values;
}
