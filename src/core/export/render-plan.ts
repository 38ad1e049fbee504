// What a render does to each frame, decided before anything is decoded: which takes paint where, and what stays as it is.
import { assert } from "../../shared/failure/index.ts";
import { containsFrame, endFrameOf, intersect, intersectRanges, rangeBetween } from "../../shared/time/index.ts";
import type { Frame, FrameRange } from "../../shared/time/index.ts";

/** A take that is to be seen, where it belongs on the reel. */
export type PlacedTake = {
  readonly takeId: string;
  readonly segmentId: string;
  /** Whose lips; takes of one face never fade against each other. */
  readonly characterId: string | null;
  readonly segment: FrameRange;
  /** Frames that the take has a face for. */
  readonly painted: readonly FrameRange[];
};

/** A run of frames that one take paints. */
export type RenderLayer = {
  readonly takeId: string;
  readonly segmentId: string;
  readonly range: FrameRange;
  /** Over how many frames it comes in and goes out; 0 at cuts and where another take of the same face goes on. */
  readonly fadeInFrames: number;
  readonly fadeOutFrames: number;
};

/** Frames with the same layers, in the order of painting; without any they are the source's own. */
export type RenderSpan = FrameRange & { readonly layers: readonly RenderLayer[] };

export type RenderPlan = {
  readonly range: FrameRange;
  readonly layers: readonly RenderLayer[];
  /** Cover the range without gap or overlap. */
  readonly spans: readonly RenderSpan[];
  readonly touchedFrames: number;
};

type Planning = {
  readonly range: FrameRange;
  readonly takes: readonly PlacedTake[];
  /** First frames of shots: nothing fades across them. */
  readonly cutFrames: readonly Frame[];
  /** How soft a take begins and ends within a shot; 0 for hard. */
  readonly fadeFrames: number;
};

/** Fades begin and end with the takes and not with the range: a part of a reel looks as it does in the whole. */
export function planRender({ range, takes, cutFrames, fadeFrames }: Planning): RenderPlan {
  const cuts = new Set(cutFrames);
  const runs = takes.flatMap((take) =>
    intersectRanges(take.painted, [take.segment]).flatMap((run) =>
      partsBetween(run, cutFrames).map((part) => ({ take, run: part })),
    ),
  );
  const goesOnAt = (frame: Frame, { take }: (typeof runs)[number], side: "before" | "after") =>
    runs.some(
      (other) =>
        other.take.characterId === take.characterId &&
        (side === "before" ? endFrameOf(other.run) : other.run.startFrame) === frame,
    );
  const layers = runs
    .filter(({ run }) => intersect(run, range) !== undefined)
    .map((placed): RenderLayer => {
      const { take, run } = placed;
      const [startFrame, endFrame] = [run.startFrame, endFrameOf(run)];
      const isHardIn = startFrame === 0 || cuts.has(startFrame) || goesOnAt(startFrame, placed, "before");
      const isHardOut = cuts.has(endFrame) || goesOnAt(endFrame, placed, "after");
      return {
        takeId: take.takeId,
        segmentId: take.segmentId,
        range: run,
        fadeInFrames: isHardIn ? 0 : fadeFrames,
        fadeOutFrames: isHardOut ? 0 : fadeFrames,
      };
    })
    .toSorted((a, b) => a.range.startFrame - b.range.startFrame || (a.takeId < b.takeId ? -1 : 1));
  const spans = spansOf(range, layers);
  const touchedFrames = spans
    .filter((span) => span.layers.length > 0)
    .reduce((sum, { durationFrames }) => sum + durationFrames, 0);
  return { range, layers, spans, touchedFrames };
}

function partsBetween(run: FrameRange, cutFrames: readonly Frame[]): readonly FrameRange[] {
  const inside = cutFrames.filter((cut) => cut > run.startFrame && cut < endFrameOf(run)).toSorted((a, b) => a - b);
  const bounds = [run.startFrame, ...inside, endFrameOf(run)];
  return bounds.slice(1).map((endFrame, index) => rangeBetween(bounds[index] ?? run.startFrame, endFrame));
}

/** The range cut wherever a layer begins or ends. */
export function spansOf(range: FrameRange, layers: readonly RenderLayer[]): readonly RenderSpan[] {
  const edges = layers.flatMap((layer) => [layer.range.startFrame, endFrameOf(layer.range)]);
  const inside = edges.filter((edge) => edge > range.startFrame && edge < endFrameOf(range));
  const bounds = [...new Set([range.startFrame, ...inside, endFrameOf(range)])].toSorted((a, b) => a - b);
  return bounds.slice(1).map((endFrame, index): RenderSpan => {
    const startFrame = bounds[index] ?? range.startFrame;
    const present = layers.filter((layer) => containsFrame(layer.range, startFrame));
    return { ...rangeBetween(startFrame, endFrame), layers: present };
  });
}

/** How much of a layer shows in one of its frames, 0..1: it rises by even steps and falls by the same, never to 0. */
export function mixFades({ range, fadeInFrames, fadeOutFrames }: RenderLayer, frame: Frame): number {
  assert(containsFrame(range, frame), "a layer is asked for its own frames");
  const fromStart = (frame - range.startFrame + 1) / (fadeInFrames + 1);
  const toEnd = (endFrameOf(range) - frame) / (fadeOutFrames + 1);
  return Math.min(1, fromStart, toEnd);
}
