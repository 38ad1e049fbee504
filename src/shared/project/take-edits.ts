// Edits of takes: what a person thinks of them and which one is shown. What a take is never changes.
import { refused } from "../failure/index.ts";
import { composeDiffs, diffAdding, diffChanging, diffRemoving } from "./diff.ts";
import type { Diff } from "./diff.ts";
import type { RecordId } from "./ids.ts";
import type { Segment, Take, TakeScore } from "./records.ts";
import { mustGet } from "./view.ts";
import type { ProjectView } from "./view.ts";

type TakeId = RecordId<"take">;

/**
 * Brings in a finished take with the next number of its segment. It is shown at once where none was chosen yet; where a
 * person has chosen, it waits beside the chosen one.
 */
export function addTake(view: ProjectView, take: Omit<Take, "takeNumber">): Diff {
  const segment = mustGet(view, "segment", take.segmentId);
  const numbers = view.list("take", { segmentId: segment.id }).map(({ takeNumber }) => takeNumber);
  const numbered: Take = { ...take, takeNumber: Math.max(0, ...numbers) + 1 };
  return composeDiffs(diffAdding(numbered), segment.selectedTakeId === null ? showing(segment, take.id) : diffAdding());
}

/** What nobody has looked at yet is to do once it has something to look at. */
const showing = (segment: Segment, selectedTakeId: TakeId): Diff =>
  diffChanging<Segment>(segment, {
    ...segment,
    selectedTakeId,
    state: segment.state === "proposed" ? "to-do" : segment.state,
  });

/** Shows this take. An approval was of another one, so it lapses; a rejected take that is chosen is not rejected any more. */
export function selectTake(view: ProjectView, takeId: TakeId): Diff {
  const take = mustGet(view, "take", takeId);
  const segment = mustGet(view, "segment", take.segmentId);
  const isOther = segment.selectedTakeId !== takeId;
  const state = isOther && segment.state !== "ignored" ? "to-do" : segment.state;
  return composeDiffs(
    diffChanging<Segment>(segment, { ...segment, selectedTakeId: takeId, state }),
    diffChanging<Take>(take, { ...take, isRejected: false }),
  );
}

/** Shows the source again. */
export function deselectTake(view: ProjectView, segmentId: RecordId<"segment">): Diff {
  return withoutSelection(mustGet(view, "segment", segmentId));
}

const withoutSelection = (segment: Segment): Diff =>
  diffChanging<Segment>(segment, {
    ...segment,
    selectedTakeId: null,
    state: segment.state === "approved" ? "to-do" : segment.state,
  });

export function rateTake(view: ProjectView, takeId: TakeId, stars: number): Diff {
  const take = mustGet(view, "take", takeId);
  return diffChanging<Take>(take, { ...take, stars });
}

export function noteTake(view: ProjectView, takeId: TakeId, note: string): Diff {
  const take = mustGet(view, "take", takeId);
  return diffChanging<Take>(take, { ...take, note });
}

/** Puts a take aside, or takes it back in. One that was shown is shown no longer. */
export function rejectTake(view: ProjectView, takeId: TakeId, verdict: "rejected" | "kept"): Diff {
  const take = mustGet(view, "take", takeId);
  const change = diffChanging<Take>(take, { ...take, isRejected: verdict === "rejected" });
  const segment = mustGet(view, "segment", take.segmentId);
  const isShown = verdict === "rejected" && segment.selectedTakeId === takeId;
  return isShown ? composeDiffs(change, withoutSelection(segment)) : change;
}

/** Deletes takes. Their pictures stay on the disk while undo can bring them back. An approved one is not deleted by a slip. */
export function removeTakes(view: ProjectView, takeIds: readonly TakeId[]): Diff {
  const takes = [...new Set(takeIds)].map((id) => mustGet(view, "take", id));
  const segments = [...new Set(takes.map(({ segmentId }) => segmentId))].map((id) => mustGet(view, "segment", id));
  const shown = segments.filter(({ selectedTakeId }) => takes.some(({ id }) => id === selectedTakeId));
  const approved = shown.find(({ state }) => state === "approved");
  if (approved)
    throw refused("take.approved", {
      message: "Expected takes that nobody has approved, found the approved take of a segment.",
      hint: "Select another take or reject this one first.",
      details: { segmentId: approved.id, takeId: approved.selectedTakeId },
    });
  return shown.map(withoutSelection).reduce(composeDiffs, diffRemoving(...takes));
}

export type MeasuredTake = {
  readonly syncConfidence: number | null;
  readonly avOffsetFrames: number | null;
  readonly score: TakeScore;
};

/** Writes down what was measured. A machine's finding, no step of the history. */
export function scoreTake(view: ProjectView, takeId: TakeId, measured: MeasuredTake): Diff {
  const take = mustGet(view, "take", takeId);
  return diffChanging<Take>(take, { ...take, ...measured });
}
