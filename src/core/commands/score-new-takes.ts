// Measures takes as soon as they are made, so that the worst come first without anyone asking. Editors only: a command ends with
// its own job, and dub measures its take itself.
import type { Handlers } from "../../shared/contract/index.ts";
import { toFailureData } from "../../shared/failure/index.ts";
import type { Diff, RecordId } from "../../shared/project/index.ts";
import type { Logger } from "../base/index.ts";
import type { AppFiles } from "./app-files.ts";
import type { EventHub } from "./event-hub.ts";

type Parts = {
  readonly handlers: Pick<Handlers, "takes.score">;
  readonly events: EventHub;
  readonly appFiles: AppFiles;
  readonly logger: Logger;
};

/** Takes that nobody has measured: one that undo takes away and redo brings back comes with its score. */
export const unmeasuredTakes = ({ added }: Diff): readonly RecordId<"take">[] =>
  added.flatMap((record) => (record.type === "take" && record.score === null ? [record.id] : []));

export function scoreNewTakes({ handlers, events, appFiles, logger }: Parts): void {
  const begin = async (takeIds: readonly RecordId<"take">[]): Promise<void> => {
    const { scoreTakes } = await appFiles.read("settings");
    if (scoreTakes === false) return;
    const { signal } = new AbortController();
    await handlers["takes.score"]({ takeIds: [...takeIds] }, { signal });
  };
  events.subscribe((event) => {
    if (event.type !== "records-changed") return;
    const takeIds = unmeasuredTakes(event.diff);
    if (takeIds.length === 0) return;
    // The project may have been closed meanwhile, or the dialogue be gone: the take is there all the same.
    void Promise.allSettled([begin(takeIds)]).then(([outcome]) => {
      if (outcome.status === "rejected")
        logger.warn("A new take was not measured by itself.", { failure: toFailureData(outcome.reason) });
    });
  });
}
