// Renders a planned clip to the sound of one utterance: the frames, and per frame what is true in them.
import { randomFrom } from "../../../src/core/base/index.ts";
import { mouthAt } from "../motion/mouth-track.ts";
import type { ExpressionWeights } from "../model/morph.ts";
import { addFlaws } from "../render/flaws.ts";
import type { FigureRenderer, PictureSize } from "../render/render-figure.ts";
import type { TimedPhone } from "../speech/phones.ts";
import type { ClipPlan } from "./plan-clip.ts";

export type FrameTruth = {
  readonly phone: string;
  /** Inner lip gap and mouth width over face height, on the model. */
  readonly openingRatio: number;
  readonly mouthWidthRatio: number;
  /** Radians. */
  readonly turn: { readonly yaw: number; readonly pitch: number; readonly roll: number };
  /** The outer and inner lips, landmarks 48..67, [x, y] in pixels of the picture. */
  readonly lips: readonly (readonly [number, number])[];
};

export type RenderedClip = { readonly frames: Uint8Array; readonly truth: readonly FrameTruth[] };

export type Speech = {
  readonly phones: readonly TimedPhone[];
  readonly loudnessAt: (seconds: number) => number;
};

export type ClipTiming = { readonly frameCount: number; readonly framesPerSecond: number };

/** Two sets of weights on one face: what both pull adds up. */
export function joined(one: ExpressionWeights, other: ExpressionWeights): ExpressionWeights {
  const sum: Record<string, number> = { ...one };
  for (const [name, weight] of Object.entries(other)) sum[name] = (sum[name] ?? 0) + weight;
  return sum;
}

/** Frames are [frame, heightPx, widthPx, rgb]. The middle of a frame's time is what it shows. */
export function renderClip(
  renderer: FigureRenderer,
  { plan, speech, timing, size }: { plan: ClipPlan; speech: Speech; timing: ClipTiming; size: PictureSize },
): RenderedClip {
  const pictureBytes = size.widthPx * size.heightPx * 3;
  const frames = new Uint8Array(timing.frameCount * pictureBytes);
  const random = randomFrom(plan.noiseSeed);
  const truth: FrameTruth[] = [];
  for (let frame = 0; frame < timing.frameCount; frame++) {
    const seconds = (frame + 0.5) / timing.framesPerSecond;
    const mouth = mouthAt(speech.phones, seconds, {
      gain: plan.mouthGain,
      leadSeconds: plan.leadSeconds,
      loudnessAt: speech.loudnessAt,
    });
    const turn = plan.manner.turnAt(seconds);
    const picture = frames.subarray(frame * pictureBytes, (frame + 1) * pictureBytes);
    const face = renderer.render(
      plan.figure,
      { weights: joined(mouth.weights, plan.manner.weightsAt(seconds)), turn, shift: plan.manner.shiftAt(seconds) },
      plan.view,
      picture,
    );
    addFlaws(picture, size, { flaws: plan.flaws, random });
    truth.push({
      phone: mouth.phone,
      openingRatio: face.openingRatio,
      mouthWidthRatio: face.mouthWidthRatio,
      turn,
      lips: Array.from({ length: 20 }, (_, lip) => [
        face.landmarks[(48 + lip) * 2] ?? 0,
        face.landmarks[(48 + lip) * 2 + 1] ?? 0,
      ]),
    });
  }
  return { frames, truth };
}
