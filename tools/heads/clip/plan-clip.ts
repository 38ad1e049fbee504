// One clip of a person who doesn't exist, decided: who, how lit, how held, how framed. Everything from one seed.
import { alignFace } from "../../../src/core/faces/index.ts";
import { randomFrom } from "../../../src/core/base/index.ts";
import type { Random } from "../../../src/core/base/index.ts";
import { personOf } from "../model/morph.ts";
import type { HeadModel } from "../model/head-file.ts";
import { makeFigure } from "../look/figure.ts";
import type { Figure } from "../look/figure.ts";
import type { FaceAtlas } from "../look/face-atlas.ts";
import { drawLook } from "../look/look.ts";
import type { Look } from "../look/look.ts";
import { mix } from "../look/noise.ts";
import { drawManner, frontal } from "../motion/manner.ts";
import type { Manner } from "../motion/manner.ts";
import { drawBackdrop } from "../render/backdrop.ts";
import { drawLighting } from "../render/light.ts";
import type { Lighting } from "../render/light.ts";
import type { View } from "../render/render-figure.ts";
import type { Flaws } from "../render/flaws.ts";

export type ClipPlan = {
  readonly figure: Figure;
  readonly manner: Manner;
  readonly view: View;
  readonly flaws: Flaws;
  /** How far this speaker's mouth goes, and how far it leads the sound. */
  readonly mouthGain: number;
  readonly leadSeconds: number;
  /** For flaws that change from frame to frame. */
  readonly noiseSeed: number;
};

export type ClipOrder = { readonly seed: number; readonly lengthSeconds: number; readonly faceSizePx: number };

/** Standard normal by Box and Muller, clipped to +-2 as unremarkable faces want it. */
function clippedNormal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.uniform()));
  return Math.max(-2, Math.min(2, radius * Math.cos(2 * Math.PI * random.uniform())));
}

/** How spread the identities are, in standard deviations of the source. */
const identitySpread = 0.8;

export function drawFigure(head: HeadModel, atlas: FaceAtlas, random: Random): Figure {
  const weights = head.identityModes.map(() => identitySpread * clippedNormal(random));
  return makeFigure(head, atlas, { person: personOf(head, weights), look: drawLook(random) });
}

const luminance = ([red, green, blue]: readonly [number, number, number]): number =>
  0.2126 * red + 0.7152 * green + 0.0722 * blue;

/** What a camera would choose: dark skins are exposed longer, but not up to the brightness of light ones. */
export function exposureFor({ skin }: Look, { lamps, sky, ground }: Lighting, middle: number): number {
  const ambient = (luminance(sky) + luminance(ground)) / 2;
  const direct = lamps.reduce((sum, { towards, colour }) => sum + Math.max(0, 0.2 + 0.8 * towards[2]) * colour[1], 0);
  return middle / ((ambient + 0.7 * direct) * luminance(skin) ** 0.7);
}

type Point = { readonly x: number; readonly y: number };

function meanOf(landmarks: Float32Array, first: number, last: number): Point {
  let [x, y] = [0, 0];
  for (let landmark = first; landmark <= last; landmark++) {
    x += landmarks[landmark * 2] ?? 0;
    y += landmarks[landmark * 2 + 1] ?? 0;
  }
  return { x: x / (last - first + 1), y: y / (last - first + 1) };
}

/**
 * The model's brows and nose lie a little closer together than the points of the face mesh that the product aligns by: its
 * crops show the same faces this much smaller. Measured with the product's own mesh on 24 renders: spread 1 % of the crop.
 */
const meshCrop = { scale: 0.932, rightRatio: 0.036, downRatio: 0.02 } as const;

/** The published alignment on the true landmarks (brows 17..21 and 22..26, nose 27..35), framed as the product frames it. */
function alignedCrop(faceSizePx: number): View["sceneToPicture"] {
  return (landmarks) => {
    const { frameToFace } = alignFace(
      { leftBrow: meanOf(landmarks, 17, 21), rightBrow: meanOf(landmarks, 22, 26), nose: meanOf(landmarks, 27, 35) },
      faceSizePx,
    );
    const [a, b, c, d, e, f] = frameToFace;
    const { scale, rightRatio, downRatio } = meshCrop;
    return [
      a * scale,
      b * scale,
      c * scale + rightRatio * faceSizePx,
      d * scale,
      e * scale,
      f * scale + downRatio * faceSizePx,
    ];
  };
}

/** A crop as a tracker finds it: a little off, by a part of the crop, for the whole clip. */
function jittered(faceSizePx: number, random: Random): View["sceneToPicture"] {
  const crop = alignedCrop(faceSizePx);
  const scale = mix(0.95, 1.05, random.uniform());
  const [right, down] = [0.025 * clippedNormal(random), 0.02 * clippedNormal(random)];
  const offX = faceSizePx * ((1 - scale) / 2 + right);
  const offY = faceSizePx * ((1 - scale) * 0.4 + down);
  return (landmarks) => {
    const [a, b, c, d, e, f] = crop(landmarks);
    return [a * scale, b * scale, c * scale + offX, d * scale, e * scale, f * scale + offY];
  };
}

export function planClip(head: HeadModel, atlas: FaceAtlas, { seed, lengthSeconds, faceSizePx }: ClipOrder): ClipPlan {
  const random = randomFrom(seed);
  const between = (low: number, high: number) => mix(low, high, random.uniform());
  const figure = drawFigure(head, atlas, random);
  const lighting = drawLighting(random);
  return {
    figure,
    manner: drawManner(random, lengthSeconds, frontal),
    view: {
      camera: { distanceCm: between(55, 220), scalePxPerCm: 10, centreXPx: 320, centreYPx: 200 },
      lighting,
      backdrop: drawBackdrop(random),
      sceneWidthPx: 640,
      sceneToPicture: jittered(faceSizePx, random),
      exposure: exposureFor(figure.look, lighting, between(0.2, 0.36)),
    },
    flaws: {
      blurPx: random.uniform() < 0.5 ? 0 : between(0.2, 0.8) * (faceSizePx / 128),
      grain: random.uniform() < 0.4 ? 0 : between(0.3, 3),
    },
    mouthGain: between(0.85, 1.15),
    leadSeconds: between(0.01, 0.03),
    noiseSeed: random.uint32(),
  };
}
