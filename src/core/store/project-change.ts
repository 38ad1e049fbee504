// What listeners are told after a commit, and how they are told.
import type { Logger } from "../base/index.ts";
import { toFailureData } from "../../shared/failure/index.ts";
import type { Diff } from "../../shared/project/index.ts";

/** `machine`: results that no undo reaches. `reopened`: the disk failed and what was shown must be read again. */
export type ProjectChange =
  | {
      readonly cause: "edit" | "machine" | "undo" | "redo";
      /** Of the edit; what the history shows. */
      readonly name: string;
      readonly revision: number;
      readonly diff: Diff;
    }
  | { readonly cause: "reopened"; readonly revision: number };

export type ChangeListener = (change: ProjectChange) => void;

export type Announcer = {
  /** Answers the function that unsubscribes. */
  readonly onChange: (listener: ChangeListener) => () => void;
  readonly announce: (change: ProjectChange) => void;
};

/** A listener that throws is reported and cannot undo what is committed, nor keep others from hearing of it. */
export function createAnnouncer(logger: Logger): Announcer {
  const listeners = new Set<ChangeListener>();
  return {
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    announce: (change) => {
      const failures: unknown[] = [];
      for (const listener of listeners) {
        try {
          listener(change);
        } catch (error) {
          failures.push(error);
        }
      }
      for (const error of failures)
        logger.error("A listener of changes failed.", { failure: toFailureData(error), revision: change.revision });
    },
  };
}
