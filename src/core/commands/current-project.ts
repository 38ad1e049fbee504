// Which project is open: at most one per core. Opening and closing follow each other, whoever asks for them.
import { resolve } from "node:path";
import { failed, refused } from "../../shared/failure/index.ts";
import { createProject, openProject } from "../store/index.ts";
import type { OpenProject } from "../store/index.ts";
import { surroundingsOf } from "./core-tools.ts";
import type { CoreTools } from "./core-tools.ts";
import type { EventHub } from "./event-hub.ts";
import { projectInfo, startProject } from "./opened-project.ts";
import type { OpenedProject } from "./opened-project.ts";

export type CurrentProject = AsyncDisposable & {
  readonly find: () => OpenedProject | undefined;
  /** Refused as "project.none-open". */
  readonly get: () => OpenedProject;
  readonly create: (place: { readonly folder: string; readonly name: string }) => Promise<OpenedProject>;
  /** The one that was open is closed once the new one is open; when that fails, it stays. */
  readonly open: (folder: string) => Promise<OpenedProject>;
  readonly close: () => Promise<void>;
};

type Options = { readonly tools: CoreTools; readonly events: EventHub; readonly onClosed: () => void };

export function keepCurrentProject({ tools, events, onClosed }: Options): CurrentProject {
  const surroundings = surroundingsOf(tools);
  let current: OpenedProject | undefined;
  let isEnded = false;
  let latest: Promise<unknown> = Promise.resolve();

  const inTurn = <Value>(work: () => Promise<Value>): Promise<Value> => {
    const done = latest.then(work, work);
    latest = done;
    return done;
  };
  const closeCurrent = async () => {
    if (!current) return;
    await using closing = new AsyncDisposableStack();
    closing.defer(() => events.announce({ type: "project-closed" }));
    closing.use(current);
    current = undefined;
    onClosed();
  };
  const replaceBy = (open: () => Promise<OpenProject>, folder?: string) =>
    inTurn(async () => {
      if (isEnded) throw failed("core.ended", { message: "The core is shutting down." });
      if (current && current.project.paths.folder === folder) return current;
      await using opening = new AsyncDisposableStack();
      const opened = opening.use(await startProject(await open(), tools, events));
      // The disk of the one before may be gone; then this one must not stay open, locked and unseen.
      await closeCurrent();
      opening.move();
      current = opened;
      events.announce({ type: "project-opened", project: projectInfo(opened) });
      return opened;
    });

  return {
    find: () => current,
    get: () => {
      if (current) return current;
      throw refused("project.none-open", {
        message: "No project is open.",
        hint: "Open or create one first.",
      });
    },
    create: (place) => replaceBy(() => createProject({ ...place, ...surroundings })),
    open: (folder) => replaceBy(() => openProject({ folder, ...surroundings }), resolve(folder)),
    close: () => inTurn(closeCurrent),
    [Symbol.asyncDispose]: () => {
      isEnded = true;
      return inTurn(closeCurrent);
    },
  };
}
