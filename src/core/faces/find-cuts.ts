// Finds where one shot ends and another begins, frame by frame: hard cuts against what is usual around them, dissolves by
// what they are (a mixture of what was and what comes), flashes passed over.
import { glanceAt, mixtureOf, pictureChange } from "./picture-change.ts";
import type { Glance } from "./picture-change.ts";

export type Cut = {
  /** First frame of the new shot; of a dissolve the frame in its middle. */
  readonly frameIndex: number;
  readonly kind: "cut" | "dissolve";
  /** How different the two shots look, 0 to about 1. */
  readonly change: number;
};

export type CutThresholds = {
  /** The least change that can be a hard cut. */
  readonly leastChange: number;
  /** A hard cut changes at least this many times as much as its neighbours do. */
  readonly timesUsual: number;
  /** The least change from before a dissolve to after it. */
  readonly leastDissolveChange: number;
  /**
   * How far a dissolve's frames may be from a mixture of its ends, as a share of how far these are apart; its middle, which
   * a moving picture misses most, two thirds of that.
   */
  readonly mostMisfitRatio: number;
};

export const usualCutThresholds: CutThresholds = {
  leastChange: 0.04,
  timesUsual: 3.5,
  leastDissolveChange: 0.06,
  mostMisfitRatio: 0.45,
};

/** Frames to either side that say what is usual. */
const usualFrames = 8;
/** Nothing is so still that a smaller change would be usual: noise and compression. */
const leastUsualChange = 0.004;
/** A flash lasts this long at most, and after it the picture is back to within this share of the change. */
const flashFrames = 5;
const flashReturnRatio = 0.45;
/** Half the stretches looked at, longest first; they hold dissolves of 7 to 70 frames. */
const dissolveHalves = [44, 36, 24, 16, 12, 8, 6, 4] as const;
const reachFrames = dissolveHalves[0];
/** How far from even the mixture in the middle may be. */
const mixTolerance = 0.17;
/**
 * Halfway to the middle it has hardly begun: the stretch is longer than the dissolve. What goes on at one pace to both ends
 * (0.25) is a moving camera.
 */
const mostEarlyMix = 0.2;
/** Cuts so close that all between them is a mixture of what was and what comes are one, quicker than a dissolve. */
const quickFrames = 6;
/** From one frame to the next the same pattern in another light: a fade. */
const fadeLikeness = 0.93;
/** Two dissolves with nothing but one colour between them are one, through black or white. */
const dipFrames = 60;
/** Two pictures more alike in their pattern than this differ in light only. */
const mostLikeness = 0.9;

/** A frame that could be the middle of a dissolve of twice `half` frames or less. */
type Middle = {
  readonly frameIndex: number;
  readonly half: number;
  readonly change: number;
  readonly mixError: number;
};

type Seen = { readonly glance: Glance; readonly change: number };

/** Push every frame in order, then finish. Holds 89 thumbnails whatever the length. */
export class CutFinder {
  readonly #thresholds: CutThresholds;
  readonly #hardCuts: Cut[] = [];
  readonly #dissolves: Middle[] = [];
  readonly #seen = new Map<number, Seen>();
  /** Frames that showed one colour alone. */
  readonly #flat = new Set<number>();
  /** Where the run of hard cuts began of which the last is one. */
  #quickFrom = -Infinity;
  #nextFrame: number;
  #middles: Middle[] = [];

  constructor(firstFrame = 0, thresholds: CutThresholds = usualCutThresholds) {
    this.#nextFrame = firstFrame;
    this.#thresholds = thresholds;
  }

  /** The next frame, packed R G B of `glanceSize`. */
  push(rgb: Uint8Array): void {
    const glance = glanceAt(rgb);
    if (isFlat(glance)) this.#flat.add(this.#nextFrame);
    const before = this.#seen.get(this.#nextFrame - 1);
    this.#seen.set(this.#nextFrame, { glance, change: before ? pictureChange(before.glance, glance) : 0 });
    this.#nextFrame += 1;
    this.#judge(this.#nextFrame - 1 - reachFrames);
    this.#seen.delete(this.#nextFrame - 1 - 2 * reachFrames);
  }

  /** All cuts, in order. The last frames are judged by what came before them. */
  finish(): readonly Cut[] {
    for (let left = reachFrames - 1; left >= 0; left--) this.#judge(this.#nextFrame - 1 - left);
    this.#closeDissolve();
    const isPartOf = (dissolve: Middle, cut: Cut): boolean =>
      Math.abs(cut.frameIndex - dissolve.frameIndex) <= dissolve.half + 1 && cut.change < dissolve.change / 2;
    const isQuick = (dissolve: Middle): boolean =>
      this.#hardCuts.some(
        (cut) => Math.abs(cut.frameIndex - dissolve.frameIndex) <= quickFrames && cut.change >= dissolve.change / 2,
      );
    const dissolves = this.#withoutDips().filter((dissolve) => !isQuick(dissolve));
    // What looked like a small cut inside a dissolve was its beginning or end.
    const hard = this.#hardCuts.filter((cut) => !dissolves.some((dissolve) => isPartOf(dissolve, cut)));
    const soft = dissolves.map(({ frameIndex, change }): Cut => ({ frameIndex, kind: "dissolve", change }));
    return [...hard, ...soft].toSorted((a, b) => a.frameIndex - b.frameIndex);
  }

  #judge(frameIndex: number): void {
    const here = this.#seen.get(frameIndex);
    if (!here) return;
    if (this.#isHardCut(frameIndex, here.change)) this.#addHardCut(frameIndex, here.change);
    const middle = this.#middleOfDissolve(frameIndex);
    if (middle) this.#middles.push(middle);
    else if (frameIndex > (this.#middles.at(-1)?.frameIndex ?? Infinity) + 2) this.#closeDissolve();
  }

  #addHardCut(frameIndex: number, change: number): void {
    const last = this.#hardCuts.at(-1);
    const goesOn =
      last !== undefined && frameIndex - last.frameIndex <= 2 && frameIndex - this.#quickFrom <= quickFrames;
    const middle = goesOn ? this.#middleOfQuick(this.#quickFrom, frameIndex) : undefined;
    if (last && middle !== undefined) {
      this.#hardCuts[this.#hardCuts.length - 1] = { frameIndex: middle, kind: "cut", change: last.change + change };
      return;
    }
    this.#quickFrom = frameIndex;
    this.#hardCuts.push({ frameIndex, kind: "cut", change });
  }

  /** The first frame that shows more of what comes, if all frames between are mixtures of both. */
  #middleOfQuick(from: number, to: number): number | undefined {
    const [before, after] = [this.#seen.get(from - 1)?.glance, this.#seen.get(to)?.glance];
    if (!before || !after) return undefined;
    let middle = to;
    for (let frame = to - 1; frame >= from; frame--) {
      const between = this.#seen.get(frame)?.glance;
      const { mix, misfitRatio } = between ? mixtureOf(before, between, after) : { mix: NaN, misfitRatio: Infinity };
      if (!(misfitRatio < this.#thresholds.mostMisfitRatio && mix > 0 && mix < 1)) return undefined;
      if (mix >= 0.5) middle = frame;
    }
    return middle;
  }

  #isHardCut(frameIndex: number, change: number): boolean {
    if (change < this.#thresholds.leastChange) return false;
    const around: number[] = [];
    for (let near = frameIndex - usualFrames; near <= frameIndex + usualFrames; near++) {
      const seen = this.#seen.get(near);
      // The first frame of all has nothing to differ from.
      if (seen && near !== frameIndex && this.#seen.has(near - 1)) around.push(seen.change);
    }
    const usual = around.toSorted((a, b) => a - b)[Math.floor(around.length / 2)] ?? 0;
    if (change < this.#thresholds.timesUsual * Math.max(leastUsualChange, usual)) return false;
    return !this.#isFlash(frameIndex, change) && !this.#isFade(frameIndex);
  }

  /**
   * Whether the picture becomes lighter or darker here and does so before or after, too: a flash begins at once. The last step
   * to one colour, and the first out of it, are of the fade beside them.
   */
  #isFade(frameIndex: number): boolean {
    const fades = (offsetFrames: number): boolean => {
      const [before, here] = [offsetFrames - 1, offsetFrames].map((offset) => this.#seen.get(frameIndex + offset));
      if (!before || !here || here.change < this.#thresholds.leastChange / 4) return false;
      return likenessOf(before.glance, here.glance) > fadeLikeness;
    };
    const [before, here, after] = [-1, 0, 1].map(fades);
    if (here) return before === true || after === true;
    if (this.#flat.has(frameIndex)) return before === true;
    return this.#flat.has(frameIndex - 1) && after === true;
  }

  /** Whether a flash begins at this frame and the shot goes on after it, or one ends here, whatever came after it. */
  #isFlash(frameIndex: number, change: number): boolean {
    const before = this.#seen.get(frameIndex - 1)?.glance;
    const here = this.#seen.get(frameIndex)?.glance;
    if (!before || !here) return false;
    for (let length = 1; length <= flashFrames; length++) {
      const later = this.#seen.get(frameIndex + length)?.glance;
      const isBack = later !== undefined && pictureChange(before, later) < flashReturnRatio * change;
      if (isBack && isBrightened(before, here) && isBrightened(later, here)) return true;
      const earlier = this.#seen.get(frameIndex - 1 - length)?.glance;
      if (earlier && isBrightened(earlier, before) && isBrightened(here, before)) return true;
    }
    return false;
  }

  /** The longest dissolve of which this could be the middle; undefined where there is none. */
  #middleOfDissolve(frameIndex: number): Middle | undefined {
    const at = (offsetFrames: number): Seen | undefined => this.#seen.get(frameIndex + offsetFrames);
    const middle = at(0)?.glance;
    if (!middle) return undefined;
    for (const half of dissolveHalves) {
      const [before, early, late, after] = [-half, -half / 2, half / 2, half].map((place) => at(place)?.glance);
      if (!before || !early || !late || !after) continue;
      const change = pictureChange(before, after);
      if (change < this.#thresholds.leastDissolveChange || areAlike(before, after)) continue;
      let steepest = 0;
      for (let step = 1 - half; step <= half; step++) steepest = Math.max(steepest, at(step)?.change ?? 0);
      if (steepest > change / 2) continue;
      const [first, second, third] = [early, middle, late].map((glance) => mixtureOf(before, glance, after));
      if (!first || !second || !third) continue;
      const misfits = [1.5 * second.misfitRatio, first.misfitRatio, third.misfitRatio];
      const fits = Math.max(...misfits) < this.#thresholds.mostMisfitRatio;
      const mixError = Math.abs(second.mix - 0.5);
      const isEven = mixError < mixTolerance && first.mix < mostEarlyMix && third.mix > 1 - mostEarlyMix;
      if (fits && isEven) return { frameIndex, half, change, mixError };
    }
    return undefined;
  }

  /** Dissolves into one colour and out of it again as one, in the middle of that colour, as is one of which the half was seen. */
  #withoutDips(): readonly Middle[] {
    const joined: Middle[] = [];
    for (const next of this.#dissolves) {
      const last = joined.at(-1);
      const isNear = last !== undefined && next.frameIndex - last.frameIndex <= dipFrames;
      const flat = this.#flatAround(
        isNear ? last.frameIndex : next.frameIndex - next.half,
        next.frameIndex + next.half,
      );
      const from = isNear && flat !== undefined && flat < next.frameIndex ? joined.pop() : undefined;
      const half = Math.abs((flat ?? next.frameIndex) - next.frameIndex) + next.half;
      const change = Math.max(from?.change ?? 0, next.change);
      joined.push({ ...next, frameIndex: flat ?? next.frameIndex, half: Math.max(half, from?.half ?? 0), change });
    }
    return joined;
  }

  /** The middle of a stretch of one colour that begins or ends in a range, and is no shot of its own. */
  #flatAround(from: number, to: number): number | undefined {
    let first = from;
    while (first <= to && !this.#flat.has(first)) first += 1;
    if (first > to) return undefined;
    let last = first;
    while (this.#flat.has(last + 1)) last += 1;
    while (this.#flat.has(first - 1)) first -= 1;
    return last - first < dipFrames / 2 ? Math.ceil((first + last) / 2) : undefined;
  }

  /** The run of frames that could be the middle is over: the one that mixes most evenly is, by the longest stretch. */
  #closeDissolve(): void {
    const [best] = this.#middles.toSorted((a, b) => b.half - a.half || a.mixError - b.mixError);
    this.#middles = [];
    if (best) this.#dissolves.push(best);
  }
}

/** Whether light was added to `calm`: hardly a pixel is darker, and the whole is clearly brighter. */
function isBrightened(calm: Glance, bright: Glance): boolean {
  let [darker, gained] = [0, 0];
  const pixelCount = calm.hsv.length / 3;
  for (let at = 2; at < calm.hsv.length; at += 3) {
    const more = (bright.hsv[at] ?? 0) - (calm.hsv[at] ?? 0);
    gained += more;
    if (more < -0.03) darker += 1;
  }
  return gained / pixelCount > 0.1 && darker / pixelCount < 0.1;
}

const areAlike = (left: Glance, right: Glance): boolean => likenessOf(left, right) > mostLikeness;

/** How far a picture of one colour may stray from it, as a standard deviation of 0..255. */
const flatSpread = 6;

function isFlat({ rgb }: Glance): boolean {
  let [sum, squares] = [0, 0];
  for (const value of rgb) {
    sum += value;
    squares += value * value;
  }
  return squares / rgb.length - (sum / rgb.length) ** 2 < flatSpread ** 2;
}

/** The correlation of two pictures' values: 1 for the same pattern in another light, 0 where one has no pattern. */
function likenessOf(left: Glance, right: Glance): number {
  let [sumL, sumR, sumLL, sumRR, sumLR] = [0, 0, 0, 0, 0];
  const count = left.rgb.length;
  for (let at = 0; at < count; at++) {
    const [l, r] = [left.rgb[at] ?? 0, right.rgb[at] ?? 0];
    sumL += l;
    sumR += r;
    sumLL += l * l;
    sumRR += r * r;
    sumLR += l * r;
  }
  const spread = Math.sqrt((sumLL - (sumL * sumL) / count) * (sumRR - (sumR * sumR) / count));
  return spread > 0 ? (sumLR - (sumL * sumR) / count) / spread : 0;
}
