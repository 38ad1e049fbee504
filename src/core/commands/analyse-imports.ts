// Looks for shots and faces of a film as soon as its reel is there, beside the making of its previews, where a person wants that.
import type { Handlers } from "../../shared/contract/index.ts";
import { toFailureData } from "../../shared/failure/index.ts";
import type { Diff, Reel } from "../../shared/project/index.ts";
import type { Logger } from "../base/index.ts";
import type { AppFiles } from "./app-files.ts";
import type { EventHub } from "./event-hub.ts";

type Parts = {
  readonly handlers: Pick<Handlers, "faces.track">;
  readonly events: EventHub;
  readonly appFiles: AppFiles;
  readonly logger: Logger;
};

/** Reels that came without shots: an import that undo takes back and redo brings again comes with what it had. */
export function newReels({ added }: Diff): readonly Reel[] {
  const known = new Set(added.flatMap((record) => (record.type === "shot" ? [record.reelId] : [])));
  return added.flatMap((record) => (record.type === "reel" && !known.has(record.id) ? [record] : []));
}

export function analyseImports({ handlers, events, appFiles, logger }: Parts): void {
  const begin = async (reels: readonly Reel[]): Promise<void> => {
    const { analyseOnImport } = await appFiles.read("settings");
    if (analyseOnImport !== true) return;
    const { signal } = new AbortController();
    for (const { id } of reels) await handlers["faces.track"]({ reelId: id, replace: false }, { signal });
  };
  events.subscribe((event) => {
    if (event.type !== "records-changed") return;
    const reels = newReels(event.diff);
    if (reels.length === 0) return;
    // The project may have been closed meanwhile, or the queue be gone: the film is there all the same.
    void Promise.allSettled([begin(reels)]).then(([outcome]) => {
      if (outcome.status === "rejected")
        logger.warn("An imported film was not looked at by itself.", { failure: toFailureData(outcome.reason) });
    });
  });
}
