// A new cut of the picture: where each stretch of the old one went, so that finished work goes with it.
import { refused } from "../../../shared/failure/index.ts";
import { endFrameOf, intersect, shiftRange } from "../../../shared/time/index.ts";
import type { FrameRange } from "../../../shared/time/index.ts";
import { isPicture } from "./edit-list.ts";
import type { EditEvent, EditList } from "./edit-list.ts";

/** Frames that both cuts show: `from` in the old programme, and how far later (negative: earlier) they are in the new one. */
export type KeptStretch = { readonly from: FrameRange; readonly movedFrames: number };

/** What becomes of a range of the old cut: the parts of it that are still there, in the old order. */
export type ConformedRange = {
  readonly outcome: "whole" | "trimmed" | "split" | "repeated" | "gone";
  readonly parts: readonly KeptStretch[];
};

/** Two events show the same source when their file, else their clip, else their reel has one name. */
const sourceNameOf = ({ sourceFile, fromClipName, toClipName, reelName, transition }: EditEvent): string => {
  // In a dissolve the names are those of both sides; the event itself is the incoming one.
  const clipName = transition.kind === "cut" ? fromClipName : (toClipName ?? fromClipName);
  return (sourceFile ?? clipName ?? reelName).toLowerCase();
};

/** Events with a speed of their own show other frames than they name: they are left to the editor's hand. */
const isPlain = ({ speed }: EditEvent): boolean => speed === undefined;

const pictureOf = (list: EditList): readonly EditEvent[] =>
  list.events.filter((event) => isPicture(event) && event.record.durationFrames > 0 && isPlain(event));

/** All stretches of the old cut that the new one still shows, by the order of the old. A stretch used twice stands twice. */
export function keptStretches(oldCut: EditList, newCut: EditList): readonly KeptStretch[] {
  if (oldCut.rate.num * newCut.rate.den !== newCut.rate.num * oldCut.rate.den) {
    throw refused("conform.other-rate", {
      message: "The two cuts have different frame rates.",
      hint: "Conform between lists of one rate.",
      details: { oldRate: oldCut.rate, newRate: newCut.rate },
    });
  }
  const newEvents = pictureOf(newCut);
  const found = pictureOf(oldCut).flatMap((before) =>
    newEvents
      .filter((after) => sourceNameOf(after) === sourceNameOf(before))
      .flatMap((after): KeptStretch[] => {
        const shared = intersect(before.source, after.source);
        if (shared === undefined || shared.durationFrames === 0) return [];
        const from = shiftRange(shared, before.record.startFrame - before.source.startFrame);
        const to = shared.startFrame + after.record.startFrame - after.source.startFrame;
        return [{ from, movedFrames: to - from.startFrame }];
      }),
  );
  return found.toSorted(
    (left, right) => left.from.startFrame - right.from.startFrame || left.movedFrames - right.movedFrames,
  );
}

/** Neighbours that moved alike are one: a cut that was taken back leaves no seam. */
function joined(parts: readonly KeptStretch[]): readonly KeptStretch[] {
  const result: KeptStretch[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if (last !== undefined && last.movedFrames === part.movedFrames && endFrameOf(last.from) === part.from.startFrame) {
      result[result.length - 1] = {
        from: {
          startFrame: last.from.startFrame,
          durationFrames: last.from.durationFrames + part.from.durationFrames,
        },
        movedFrames: last.movedFrames,
      };
    } else result.push(part);
  }
  return result;
}

/** What the new cut keeps of `range`, a range of the old one in labels of its record side. */
export function conformRange(range: FrameRange, kept: readonly KeptStretch[]): ConformedRange {
  const parts = joined(
    kept.flatMap(({ from, movedFrames }): KeptStretch[] => {
      const shared = intersect(from, range);
      return shared === undefined || shared.durationFrames === 0 ? [] : [{ from: shared, movedFrames }];
    }),
  );
  const [first, ...others] = parts;
  if (first === undefined) return { outcome: "gone", parts };
  if (others.length === 0) {
    return { outcome: first.from.durationFrames === range.durationFrames ? "whole" : "trimmed", parts };
  }
  const areApart = parts.every(({ from }, index) => {
    const next = parts[index + 1];
    return next === undefined || endFrameOf(from) <= next.from.startFrame;
  });
  return { outcome: areApart ? "split" : "repeated", parts };
}
