// Handlers of undo and redo.
import type { AnswerOf, Handlers } from "../../../shared/contract/index.ts";
import type { OpenProject } from "../../store/index.ts";
import type { HandlerTools } from "./handler-tools.ts";

type Names = "history.state" | "history.undo" | "history.redo";

export function historyHandlers({ current }: HandlerTools): Pick<Handlers, Names> {
  return {
    "history.state": async () => historyState(current.get().project),
    "history.undo": async () => {
      const { project } = current.get();
      project.undo();
      return historyState(project);
    },
    "history.redo": async () => {
      const { project } = current.get();
      project.redo();
      return historyState(project);
    },
  };
}

function historyState(project: OpenProject): AnswerOf<"history.state"> {
  const { undo, redo, revision } = project.history();
  return { undo: undo ?? null, redo: redo ?? null, revision };
}
