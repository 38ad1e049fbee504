// The one decoding pass over a reel: frame by frame cuts and faces, put away stretch by stretch so that a stop costs little.
import { assert } from "../../../shared/failure/index.ts";
import { endFrameOf, splitRange } from "../../../shared/time/index.ts";
import type { FrameRange } from "../../../shared/time/index.ts";
import type { Progress } from "../../base/index.ts";
import { decodeFrames } from "../../media/index.ts";
import type { MediaSource, VideoFrame } from "../../media/index.ts";
import { CutFinder, usualCutThresholds } from "../find-cuts.ts";
import { glanceAt, pictureChange } from "../picture-change.ts";
import type { Glance } from "../picture-change.ts";
import type { AnalysisPicture } from "./analysis-picture.ts";
import type { DecodedPicture, PictureDecoding } from "./decoded-picture.ts";
import type { FaceNetworks } from "./face-networks.ts";
import { FaceFollower, nobodyFollowed } from "./follow-faces.ts";
import type { FollowerState } from "./follow-faces.ts";
import { numbersPerFace, writeFace } from "./observations.ts";
import type { Stretch } from "./observations.ts";
import { thumbnailOf } from "./thumbnail.ts";

/** What a stop costs at most: some ten to twenty seconds of work. */
const stretchFrames = 480;
/** A cut is judged by this many frames to either side of it, so a stretch's cuts depend on those of its neighbours. */
const cutContextFrames = 96;
const reportFrames = 12;

/** The stretches of a stream, whatever has been done of them. */
export const stretchesOf = (durationFrames: number): readonly FrameRange[] =>
  splitRange({ startFrame: 0, durationFrames }, stretchFrames);

export type StretchOrder = {
  readonly source: MediaSource;
  readonly streamIndex: number;
  readonly picture: AnalysisPicture;
  readonly decoding: PictureDecoding;
  readonly networks: FaceNetworks;
  /** Of the whole stream. */
  readonly durationFrames: number;
  /** Consecutive ones, all to the end of the stream or up to one that is done. */
  readonly stretches: readonly FrameRange[];
  /** After the frame before the first of them; undefined at the beginning. */
  readonly stateBefore: FollowerState | undefined;
  readonly signal: AbortSignal;
  /** In frames of these stretches. */
  readonly onProgress: Progress;
};

/**
 * Stretch after stretch, each complete. What is found does not depend on where the pass began: stopped and gone on with, it
 * gives the same bytes. Memory holds two stretches of numbers and a few pictures whatever the length.
 */
export async function* analyseStretches(order: StretchOrder): AsyncGenerator<Stretch> {
  const { stretches, durationFrames } = order;
  const [first, last] = [stretches[0], stretches.at(-1)];
  if (!first || !last) return;
  const startFrame = Math.max(0, first.startFrame - cutContextFrames);
  const endFrame = Math.min(durationFrames, endFrameOf(last) + cutContextFrames);
  const pass = new Pass(order);
  const { source, streamIndex, decoding, signal } = order;
  const { decodedSize, isScaled } = order.picture;
  const options = {
    range: { startFrame, durationFrames: endFrame - startFrame },
    format: decoding.format,
    scaling: "quick",
    ...(isScaled ? { size: decodedSize } : {}),
    missingFrames: "conceal",
    streamIndex,
    signal,
  } as const;
  for await (using frame of decodeFrames(source, options)) {
    await pass.push(frame);
    yield* pass.takeFinished(frame.frameIndex + 1, endFrame);
  }
  assert(pass.isDone, "a pass ends with its last stretch");
}

type OpenStretch = {
  readonly range: FrameRange;
  readonly finder: CutFinder;
  readonly facesPerFrame: number[];
  readonly faces: Float32Array[];
  concealedFrames: number;
  stateAfter: FollowerState;
};

/** Cuts need frames beyond a stretch, so that one is still open while the next has begun. */
class Pass {
  readonly #order: StretchOrder;
  readonly #follower: FaceFollower;
  readonly #waiting: FrameRange[];
  #open: OpenStretch[] = [];
  #before: Glance | undefined;
  #doneFrames = 0;

  constructor(order: StretchOrder) {
    const { picture, networks, stateBefore, stretches } = order;
    this.#order = order;
    this.#follower = new FaceFollower(picture, networks.detectorPx, stateBefore ?? nobodyFollowed);
    this.#waiting = [...stretches];
  }

  get isDone(): boolean {
    return this.#waiting.length === 0 && this.#open.length === 0;
  }

  async push(frame: VideoFrame): Promise<void> {
    const { frameIndex } = frame;
    this.#order.signal.throwIfAborted();
    for (let next = this.#waiting[0]; next && contextStart(next) <= frameIndex; next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#open.push(begun(next));
    }
    const decoded = this.#order.decoding.pictureOf(frame);
    const thumbnail = thumbnailOf(decoded);
    for (const { finder } of this.#open) finder.push(thumbnail);
    const glance = glanceAt(thumbnail);
    const hasChanged =
      this.#before !== undefined && pictureChange(this.#before, glance) > usualCutThresholds.leastChange;
    this.#before = glance;
    const stretch = this.#open.find(({ range }) => frameIndex >= range.startFrame && frameIndex < endFrameOf(range));
    if (stretch) await this.#look(stretch, decoded, { frame, hasChanged });
  }

  async #look(
    stretch: OpenStretch,
    decoded: DecodedPicture,
    { frame, hasChanged }: { readonly frame: VideoFrame; readonly hasChanged: boolean },
  ): Promise<void> {
    const { networks, picture, onProgress, stretches } = this.#order;
    const eyes = networks.look(decoded, picture);
    const { frameIndex } = frame;
    const isFirstOfStretch = frameIndex === stretch.range.startFrame;
    const seen = await this.#follower.see(eyes, { frameIndex, hasChanged, isFirstOfStretch });
    const numbers = new Float32Array(seen.length * numbersPerFace);
    for (const [index, face] of seen.entries()) writeFace(face, numbers, index * numbersPerFace);
    stretch.facesPerFrame.push(seen.length);
    stretch.faces.push(numbers);
    stretch.concealedFrames += frame.isConcealed ? 1 : 0;
    stretch.stateAfter = this.#follower.state;
    this.#doneFrames += 1;
    const totalFrames = stretches.reduce((sum, { durationFrames }) => sum + durationFrames, 0);
    if (this.#doneFrames % reportFrames === 0 || this.#doneFrames === totalFrames)
      onProgress(this.#doneFrames, totalFrames, "frames");
  }

  /** Those whose cuts are certain now that the frame before `nextFrame` was seen; all of them at the end. */
  *takeFinished(nextFrame: number, endFrame: number): Iterable<Stretch> {
    const isCertain = ({ range }: OpenStretch): boolean =>
      nextFrame === endFrame || nextFrame >= endFrameOf(range) + cutContextFrames;
    for (let first = this.#open[0]; first && isCertain(first); first = this.#open[0]) {
      this.#open.shift();
      yield closed(first);
    }
  }
}

const contextStart = ({ startFrame }: FrameRange): number => Math.max(0, startFrame - cutContextFrames);

const begun = (range: FrameRange): OpenStretch => ({
  range,
  finder: new CutFinder(contextStart(range)),
  facesPerFrame: [],
  faces: [],
  concealedFrames: 0,
  stateAfter: nobodyFollowed,
});

function closed({ range, finder, facesPerFrame, faces, concealedFrames, stateAfter }: OpenStretch): Stretch {
  const joined = new Float32Array(faces.reduce((sum, { length }) => sum + length, 0));
  let place = 0;
  for (const part of faces) {
    joined.set(part, place);
    place += part.length;
  }
  const isInside = (frameIndex: number): boolean => frameIndex >= range.startFrame && frameIndex < endFrameOf(range);
  const cuts = finder.finish().filter(({ frameIndex }) => isInside(frameIndex));
  return { range, facesPerFrame, faces: joined, cuts, concealedFrames, stateAfter };
}
