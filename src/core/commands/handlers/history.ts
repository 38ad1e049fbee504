// Handlers of undo and redo.
import type { AnswerOf, Handlers } from "../../../shared/contract/index.ts";
import { refused } from "../../../shared/failure/index.ts";
import type { OpenProject } from "../../store/index.ts";
import type { HandlerTools } from "./handler-tools.ts";

type Names = "history.state" | "history.undo" | "history.redo";

export function historyHandlers({ current }: HandlerTools): Pick<Handlers, Names> {
  return {
    "history.state": async () => historyState(current.get().project),
    "history.undo": async () => {
      const { project } = current.get();
      if (!project.undo()) throw nothingTo("undo");
      return historyState(project);
    },
    "history.redo": async () => {
      const { project } = current.get();
      if (!project.redo()) throw nothingTo("redo");
      return historyState(project);
    },
  };
}

const nothingTo = (way: "undo" | "redo") =>
  refused(`history.nothing-to-${way}`, {
    message: `There is no edit to ${way}.`,
    hint:
      way === "undo" ? "Nothing was changed yet, or everything is taken back." : "Only what was undone comes again.",
  });

function historyState(project: OpenProject): AnswerOf<"history.state"> {
  const { undo, redo, revision } = project.history();
  return { undo: undo ?? null, redo: redo ?? null, revision };
}
