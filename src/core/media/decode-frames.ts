// Decodes a range of frames exactly: the first frame is the one asked for, none is missing, none comes twice.
import { failed } from "../../shared/failure/index.ts";
import type { VideoStreamFacts } from "../../shared/project/index.ts";
import type { FrameRange } from "../../shared/time/index.ts";
import { checkedRange, decodeArguments, framesOut, stepsBack } from "./decode-plan.ts";
import type { FrameFormat, FrameScaling, FrameSize } from "./decode-plan.ts";
import { frameClock } from "./frame-clock.ts";
import type { FrameClock } from "./frame-clock.ts";
import { FrameStream } from "./frame-stream.ts";
import { videoStreamOf } from "./media-source.ts";
import type { MediaSource } from "./media-source.ts";
import { toolFailure } from "./tool-failure.ts";
import type { FrameBuffer } from "./video-frame.ts";
import { FramePool, VideoFrame } from "./video-frame.ts";

export type DamageReport = { readonly count: number; readonly first: string };

export type DecodeOptions = {
  /** The whole stream when absent. */
  readonly range?: FrameRange;
  /** "source" when absent. */
  readonly format?: FrameFormat;
  /** Scaled to this; the coded size otherwise. */
  readonly size?: FrameSize;
  /** How colours are converted and sizes changed; "exact" when absent. */
  readonly scaling?: FrameScaling;
  /** Stream index in the file; the first video stream when absent. */
  readonly streamIndex?: number;
  readonly signal?: AbortSignal;
  /** Frames decoded ahead of the consumer; 4 when absent. */
  readonly queueFrames?: number;
  /** What to do about a frame the file no longer yields: fail with `media.frame-missing`, or repeat its neighbour. */
  readonly missingFrames?: "fail" | "conceal";
  /** Told once at the end when the decoder complained on the way. */
  readonly onDamage?: (report: DamageReport) => void;
};

/**
 * The frames of a range, in order, as coded (not turned upright, fields not separated).
 *
 *     for await (using frame of decodeFrames(source, { range, signal })) { ... frame.planes ... }
 *
 * Leaving the loop early ends the decoder. Memory holds `queueFrames` frames whatever the length. Each frame's timestamp
 * is checked against the stream's clock, so that a file whose index lies is decoded from further back instead of wrongly.
 */
export async function* decodeFrames(source: MediaSource, options: DecodeOptions = {}): AsyncGenerator<VideoFrame> {
  const facts = videoStreamOf(source, options.streamIndex);
  const range = checkedRange(facts, options.range, source.path);
  if (range.durationFrames === 0) return;
  const picture = { format: options.format ?? "source", size: options.size, scaling: options.scaling };
  const queueFrames = options.queueFrames ?? 4;
  const pool = new FramePool(framesOut(facts, picture), queueFrames + 4);
  const frameTicks = facts.isConstantFrameRate ? undefined : await source.frameTicks(facts.streamIndex, options.signal);
  const clock = frameClock(facts, frameTicks);
  const { maxPixels } = source.tools.limits;
  const attempts = attemptsFor(facts, range);
  for (const [attempt, stepBackFrames] of attempts.entries()) {
    const args = decodeArguments({ path: source.path, facts, clock, range, picture, stepBackFrames, maxPixels });
    await using stream = new FrameStream(source.tools, { args, pool, queueFrames, signal: options.signal });
    const isLastAttempt = attempt === attempts.length - 1;
    const isDone = yield* deliver({ source, stream, clock, range, pool, options, isLastAttempt });
    if (isDone) return;
    source.tools.logger.warn("seek landed too late", { path: source.path, frame: range.startFrame, stepBackFrames });
  }
}

/** One frame by itself; the caller disposes it. */
export async function decodeFrame(
  source: MediaSource,
  frameIndex: number,
  options: Omit<DecodeOptions, "range"> = {},
): Promise<VideoFrame> {
  const range = { startFrame: frameIndex, durationFrames: 1 };
  for await (const frame of decodeFrames(source, { ...options, range, queueFrames: 1 })) return frame;
  throw frameMissing(source, frameIndex);
}

function attemptsFor(facts: VideoStreamFacts, range: FrameRange): readonly number[] {
  const steps = stepsBack(facts.codec);
  // Steps that all lead to the beginning are one attempt.
  const seeking = steps.filter((stepBackFrames) => range.startFrame > stepBackFrames);
  return [...seeking, Infinity];
}

type Delivery = {
  readonly source: MediaSource;
  readonly stream: FrameStream;
  readonly clock: FrameClock;
  readonly range: FrameRange;
  readonly pool: FramePool;
  readonly options: DecodeOptions;
  /** Nothing lies further back: what is missing now is missing in the file. */
  readonly isLastAttempt: boolean;
};

/** Yields the frames of the range; false, before any was yielded, when the seek landed behind the first of them. */
async function* deliver(delivery: Delivery): AsyncGenerator<VideoFrame, boolean> {
  const { source, stream, range, pool, options, isLastAttempt } = delivery;
  const endFrame = range.startFrame + range.durationFrames;
  const isConcealing = options.missingFrames === "conceal";
  const concealer = new Concealer(pool);
  let expectedFrame = range.startFrame;
  while (expectedFrame < endFrame) {
    const { frameIndex, buffer } = await nextArrival(delivery, expectedFrame);
    const isGap = frameIndex > expectedFrame;
    const isLateEntry = isGap && expectedFrame === range.startFrame && !isLastAttempt;
    if (buffer && (isLateEntry || (isGap && !isConcealing))) pool.giveBack(buffer);
    if (isLateEntry) return false;
    if (isGap && !isConcealing) throw frameMissing(source, expectedFrame);
    for (; expectedFrame < frameIndex; expectedFrame += 1) {
      const copy = concealer.copyOf(buffer);
      if (!copy) throw frameMissing(source, expectedFrame);
      yield new VideoFrame(pool, copy, { frameIndex: expectedFrame, isConcealed: true });
    }
    if (!buffer) break;
    if (isConcealing) concealer.remember(buffer);
    yield new VideoFrame(pool, buffer, { frameIndex, isConcealed: false });
    expectedFrame = frameIndex + 1;
  }
  if (stream.damageCount > 0) options.onDamage?.({ count: stream.damageCount, first: stream.firstDamage ?? "" });
  return true;
}

/** The next frame not before `expectedFrame`; the end of the range, without a buffer, when the decoder has no more. */
async function nextArrival(
  delivery: Delivery,
  expectedFrame: number,
): Promise<{ readonly frameIndex: number; readonly buffer: FrameBuffer | undefined }> {
  const { source, stream, clock, range, pool, options } = delivery;
  const endFrame = range.startFrame + range.durationFrames;
  for (;;) {
    const next = await stream.next();
    if (!("buffer" in next)) {
      // A decoder that gives up on a damaged file leaves frames to conceal, where that is wanted.
      const gaveUp =
        next.stopped === undefined && expectedFrame > range.startFrame && options.missingFrames === "conceal";
      if (next.exitCode === 0 || gaveUp) return { frameIndex: endFrame, buffer: undefined };
      throw toolFailure(next, { doing: "decode", path: source.path, signal: options.signal });
    }
    const frameIndex = clock.frameAt(next.ticks);
    if (frameIndex >= expectedFrame && frameIndex < endFrame) return { frameIndex, buffer: next.buffer };
    // A timestamp of no frame, or of one that was there already: not counted, or the frames after it would shift.
    pool.giveBack(next.buffer);
    stream.damageCount += 1;
  }
}

/** Keeps a copy of the last good picture, because the consumer may paint over its own. */
class Concealer {
  readonly #pool: FramePool;
  #last: Uint8Array | undefined;

  constructor(pool: FramePool) {
    this.#pool = pool;
  }

  remember(buffer: FrameBuffer): void {
    this.#last ??= new Uint8Array(buffer.bytes.length);
    this.#last.set(buffer.bytes);
  }

  /** The last good picture again, or `following` when there is none before the gap. */
  copyOf(following: FrameBuffer | undefined): FrameBuffer | undefined {
    const bytes = this.#last ?? following?.bytes;
    if (!bytes) return undefined;
    const copy = this.#pool.take();
    copy.bytes.set(bytes);
    return copy;
  }
}

const frameMissing = (source: MediaSource, frameIndex: number) =>
  failed("media.frame-missing", {
    message: `Expected frame ${frameIndex} in ${source.path}, found none that decodes.`,
    hint: "The file is damaged there. Copy it again from its origin, or let missing frames be repeated.",
    details: { path: source.path, frameIndex },
  });
