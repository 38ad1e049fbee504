// Handlers of takes: list, choose, rate, compare, delete.
import type { AnswerOf, Handlers } from "../../../shared/contract/index.ts";
import {
  deselectTake,
  mustGet,
  noteTake,
  rateTake,
  rejectTake,
  removeTakes,
  selectTake,
} from "../../../shared/project/index.ts";
import type { ProjectView, Take } from "../../../shared/project/index.ts";
import { differencesBetween } from "../compare-takes.ts";
import type { HandlerTools } from "./handler-tools.ts";

type Names =
  | "takes.list"
  | "takes.compare"
  | "takes.select"
  | "takes.deselect"
  | "takes.rate"
  | "takes.note"
  | "takes.reject"
  | "takes.remove";

export function takeHandlers({ current, edit }: HandlerTools): Pick<Handlers, Names> {
  return {
    "takes.list": async ({ segmentId }) => {
      const { view } = current.get().project;
      const { id } = mustGet(view, "segment", segmentId);
      const takes = view.list("take", { segmentId: id }).toSorted((a, b) => a.takeNumber - b.takeNumber);
      return { takes: takes.map((take) => describeTake(view, take)) };
    },
    "takes.compare": async ({ takeIds }) => {
      const { view } = current.get().project;
      const takes = takeIds.map((id) => mustGet(view, "take", id));
      return {
        takes: takes.map((take) => describeTake(view, take)),
        differences: differencesBetween(takes).map(({ name, values }) => ({ name, values: [...values] })),
      };
    },
    "takes.select": async ({ takeId }) => edit("takes.select", (view) => selectTake(view, takeId)),
    "takes.deselect": async ({ segmentId }) => edit("takes.deselect", (view) => deselectTake(view, segmentId)),
    "takes.rate": async ({ takeId, stars }) => edit("takes.rate", (view) => rateTake(view, takeId, stars)),
    "takes.note": async ({ takeId, note }) => edit("takes.note", (view) => noteTake(view, takeId, note)),
    "takes.reject": async ({ takeId, verdict }) => edit("takes.reject", (view) => rejectTake(view, takeId, verdict)),
    "takes.remove": async ({ takeIds }) => edit("takes.remove", (view) => removeTakes(view, takeIds)),
  };
}

type Listed = AnswerOf<"takes.list">["takes"][number];

function describeTake(view: ProjectView, take: Take): Listed {
  const { id, type: _type, contentSha256: _content, ...shown } = take;
  const isSelected = mustGet(view, "segment", take.segmentId).selectedTakeId === id;
  return { takeId: id, isSelected, ...shown };
}
