// Where a new face differs from the old one, and so where the frame's own texture must give way.
import { planarSource, warpSamples } from "../native/index.ts";

/** Differences are looked at in means over a cell of about this share of the crop. */
const gridSide = 64;

/** In 8-bit codes of luma: below the first the frame's texture stays, above the second it is replaced. */
const limits = { skin: { from: 4, to: 12 }, mouth: { from: 1, to: 3 } } as const;

/**
 * Around the mouth the least motion counts; elsewhere a difference is as likely the network's softness. An ellipse in
 * shares of the crop, where the alignment puts the mouth.
 */
const mouth = { x: 0.5, y: 0.63, acrossRatio: 0.23, downRatio: 0.16, fadeRatio: 0.4 } as const;

const smoothStep = (from: number, to: number, value: number): number => {
  const part = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return part * part * (3 - 2 * part);
};

/** 1 on the mouth, 0 away from it. */
function mouthness(x: number, y: number): number {
  const radius = Math.hypot((x - mouth.x) / mouth.acrossRatio, (y - mouth.y) / mouth.downRatio);
  return 1 - smoothStep(1, 1 + mouth.fadeRatio, radius);
}

export type ReplacedDetail = {
  /** [gridSide, gridSide], 1 where the frame's own detail is replaced, 0 where it stays. */
  readonly drop: Float32Array;
  /** [3, gridSide, gridSide]: the change of Y, Cb, Cr without its detail. */
  readonly shift: Float32Array;
  readonly gridSide: number;
};

/** Two crops as codes of `depthBits`, planar Y, Cb, Cr [3, sizePx, sizePx]. */
export type FacesToCompare = {
  readonly fresh: Float32Array;
  readonly own: Float32Array;
  readonly sizePx: number;
  readonly depthBits: number;
};

/** What changed from `own` to `fresh`. Nothing changed: nothing dropped, nothing shifted. */
export function replacedDetail({ fresh, own, sizePx, depthBits }: FacesToCompare): ReplacedDetail {
  const facePx = sizePx * sizePx;
  const change = new Float32Array(4 * facePx);
  for (let at = 0; at < 3 * facePx; at++) change[at] = (fresh[at] ?? 0) - (own[at] ?? 0);
  for (let at = 0; at < facePx; at++) change[3 * facePx + at] = Math.abs(change[at] ?? 0);
  const step = sizePx / gridSide;
  const cells = warpSamples(planarSource(change, { channels: 4, widthPx: sizePx, heightPx: sizePx }), {
    targetToSource: [step, 0, 0, 0, step, 0],
    widthPx: gridSide,
    heightPx: gridSide,
    outside: "edge",
    filter: "linear",
  });
  const shift = cells.subarray(0, 3 * gridSide ** 2);
  const drop = cells.subarray(3 * gridSide ** 2);
  const unit = 2 ** (depthBits - 8);
  for (let at = 0; at < drop.length; at++) {
    const near = mouthness(((at % gridSide) + 0.5) / gridSide, (Math.floor(at / gridSide) + 0.5) / gridSide);
    const from = limits.skin.from * (1 - near) + limits.mouth.from * near;
    const to = limits.skin.to * (1 - near) + limits.mouth.to * near;
    drop[at] = smoothStep(unit * from, unit * to, drop[at] ?? 0);
  }
  return { drop, shift, gridSide };
}
