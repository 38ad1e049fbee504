// Where a new face differs from the old one, and so where the frame's own texture must give way.
import { planarSource, warpSamples } from "../native/index.ts";

/** Differences are looked at in means over a cell of about this share of the crop. */
const gridSide = 64;

/** In 8-bit codes of luma: below the first the frame's texture stays, above the second it is replaced. */
const limits = { skin: [4, 12], mouth: [1, 3] } as const;

/**
 * Around the mouth the least motion counts; elsewhere a difference is as likely the network's softness. An ellipse in
 * shares of the crop, where the alignment puts the mouth.
 */
const mouth = { x: 0.5, y: 0.68, acrossRatio: 0.27, downRatio: 0.2, fadeRatio: 0.35 } as const;

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

/** Of the change of a crop [3, sizePx, sizePx], in codes of `depthBits`. Nothing changed: nothing dropped, nothing shifted. */
export function replacedDetail(change: Float32Array, sizePx: number, depthBits: number): ReplacedDetail {
  const step = sizePx / gridSide;
  const toGrid = {
    targetToSource: [step, 0, 0, 0, step, 0],
    widthPx: gridSide,
    heightPx: gridSide,
    outside: "edge",
    filter: "linear",
  } as const;
  const size = { widthPx: sizePx, heightPx: sizePx };
  const shift = warpSamples(planarSource(change, { channels: 3, ...size }), toGrid);
  const sizes = change.subarray(0, sizePx * sizePx).map(Math.abs);
  const drop = warpSamples(planarSource(sizes, { channels: 1, ...size }), toGrid);
  const unit = 2 ** (depthBits - 8);
  for (const at of drop.keys()) {
    const near = mouthness(((at % gridSide) + 0.5) / gridSide, (Math.floor(at / gridSide) + 0.5) / gridSide);
    const [from, to] = [0, 1].map(
      (k) => unit * (limits.skin[k as 0 | 1] * (1 - near) + limits.mouth[k as 0 | 1] * near),
    );
    drop[at] = smoothStep(from ?? 0, to ?? 1, drop[at] ?? 0);
  }
  return { drop, shift, gridSide };
}
