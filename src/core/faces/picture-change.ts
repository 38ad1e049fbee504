// What cut detection keeps of a frame, a thumbnail in hue, saturation and value with its histogram, and how two differ.

/** Frames are looked at in this size: motion inside a shot shrinks with the picture, a cut does not. */
export const glanceSize = { widthPx: 64, heightPx: 36 } as const;

/** Bins of the histogram: value by colour, so that a change of light and one of colour both show. */
const valueBins = 16;
const hueBins = 8;
/** Below the first a hue is noise, and such pixels have bins of their own; from the second on it counts in full. */
const hueSaturations = [0.05, 0.25] as const;

export type Glance = {
  /** R, G, B of the thumbnail, 0..255, for what is linear in light: dissolves. */
  readonly rgb: Uint8Array;
  /** Hue as a point of a disc of radius saturation (x, y) and value, all about 0..1, one after another per pixel. */
  readonly hsv: Float32Array;
  /** Share of the pixels per bin of value and hue. */
  readonly histogram: Float32Array;
};

/** From packed R G B of any size; the copy it keeps is its own. */
export function glanceAt(pixels: Uint8Array): Glance {
  const rgb = Uint8Array.from(pixels);
  const pixelCount = rgb.length / 3;
  const hsv = new Float32Array(rgb.length);
  const histogram = new Float32Array(valueBins * (hueBins + 1));
  for (let at = 0; at < rgb.length; at += 3) {
    const [red, green, blue] = [(rgb[at] ?? 0) / 255, (rgb[at + 1] ?? 0) / 255, (rgb[at + 2] ?? 0) / 255];
    const value = Math.max(red, green, blue);
    // The colour wheel without its corners: three primaries at 120 degrees.
    const x = red - (green + blue) / 2;
    const y = (Math.sqrt(3) / 2) * (green - blue);
    hsv.set([x, y, value], at);
    addToHistogram(histogram, { x, y, value }, 1 / pixelCount);
  }
  return { rgb, hsv, histogram };
}

type Colour = { readonly x: number; readonly y: number; readonly value: number };

/**
 * Every pixel is shared out between the bins nearest to it, in hue as in value: in a slow dissolve pixels would otherwise
 * change their bins in herds.
 */
function addToHistogram(histogram: Float32Array, { x, y, value }: Colour, weight: number): void {
  const [grey, vivid] = hueSaturations;
  const hued = Math.min(1, Math.max(0, (Math.hypot(x, y) - grey) / (vivid - grey)));
  const hue = ((Math.atan2(y, x) / (2 * Math.PI) + 1) % 1) * hueBins;
  const [hueBin, hueRest] = [Math.floor(hue) % hueBins, hue - Math.floor(hue)];
  const level = value * (valueBins - 1);
  const [levelBin, levelRest] = [Math.floor(level), level - Math.floor(level)];
  const hues = [
    [hueBin, hued * (1 - hueRest)],
    [(hueBin + 1) % hueBins, hued * hueRest],
    [hueBins, 1 - hued],
  ] as const;
  for (const [bin, share] of hues) {
    const at = bin * valueBins + levelBin;
    histogram[at] = (histogram[at] ?? 0) + weight * share * (1 - levelRest);
    if (levelRest > 0) histogram[at + 1] = (histogram[at + 1] ?? 0) + weight * share * levelRest;
  }
}

/** Mean of absolute differences, place by place. */
function meanDifference(left: Float32Array, right: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < left.length; at++) sum += Math.abs((left[at] ?? 0) - (right[at] ?? 0));
  return sum / left.length;
}

/** Share of the pixels that would have to change their bin, 0..1. */
function histogramDifference(left: Float32Array, right: Float32Array): number {
  return (meanDifference(left, right) * left.length) / 2;
}

/** How far weights go between the two measures: a whole new histogram counts as much as a mean change of this. */
const histogramWeight = 0.25;

/**
 * How different two frames look, 0 to about 1. Half of it is what changed in place, which a moving camera changes too;
 * half is what changed altogether, which it hardly does.
 */
export function pictureChange(left: Glance, right: Glance): number {
  const inPlace = meanDifference(left.hsv, right.hsv);
  const altogether = histogramDifference(left.histogram, right.histogram);
  return (inPlace + histogramWeight * altogether) / 2;
}

/**
 * How far `middle` is from being a mixture of `before` and `after`, as a share of how far these are apart: 0 in the middle
 * of a dissolve, about 1 or more in a moving picture. `mix` is the share of `after` that fits best.
 */
export function mixtureOf(
  before: Glance,
  middle: Glance,
  after: Glance,
): { readonly misfitRatio: number; readonly mix: number } {
  let [along, across] = [0, 0];
  const length = middle.rgb.length;
  for (let at = 0; at < length; at++) {
    const way = (after.rgb[at] ?? 0) - (before.rgb[at] ?? 0);
    across += way * ((middle.rgb[at] ?? 0) - (before.rgb[at] ?? 0));
    along += way * way;
  }
  if (along === 0) return { misfitRatio: Infinity, mix: 0 };
  const mix = across / along;
  let misfit = 0;
  for (let at = 0; at < length; at++) {
    const [from, to] = [before.rgb[at] ?? 0, after.rgb[at] ?? 0];
    misfit += ((middle.rgb[at] ?? 0) - (from + mix * (to - from))) ** 2;
  }
  return { misfitRatio: Math.sqrt(misfit / along), mix };
}
