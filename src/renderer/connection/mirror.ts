// What the page knows of the core's state: project, records, history, jobs. Read once, then kept up to date by events.
import { createStore } from "zustand/vanilla";
import type { StoreApi } from "zustand/vanilla";
import type { AnswerOf, ContractEvent, JobSummary } from "../../shared/contract/index.ts";
import type { RecordType } from "../../shared/project/index.ts";
import type { Connection } from "./connection.ts";
import { applyToJobs } from "./job-list.ts";
import { createMirrorReads } from "./mirror-reads.ts";
import type { MirrorReads } from "./mirror-reads.ts";
import { applyToShelves } from "./record-cache.ts";
import type { RecordShelves } from "./record-cache.ts";

export type ProjectInfo = NonNullable<AnswerOf<"project.info">["project"]>;
export type History = AnswerOf<"history.state">;

export type MirrorState = {
  /** Undefined until the core has answered for the first time; null when no project is open. */
  readonly project: ProjectInfo | null | undefined;
  /** Of the last diff applied to `shelves`. */
  readonly revision: number;
  readonly shelves: RecordShelves;
  readonly history: History | undefined;
  /** Newest first. */
  readonly jobs: readonly JobSummary[];
};

export type Mirror = {
  readonly store: StoreApi<MirrorState>;
  /** Reads the records of a type, once; from then on events keep them. */
  readonly want: (type: RecordType) => void;
};

const unread: MirrorState = { project: undefined, revision: 0, shelves: {}, history: undefined, jobs: [] };

/** `onFailure` hears of reads that failed. */
export function createMirror(connection: Connection, onFailure: (error: unknown) => void): Mirror {
  const store = createStore<MirrorState>(() => unread);
  const reads = createMirrorReads(connection.operations, store);
  const start = (reading: () => Promise<void>) => {
    reading().catch(onFailure);
  };

  const onEvent: { [Type in ContractEvent["type"]]: (event: Extract<ContractEvent, { type: Type }>) => void } = {
    "records-changed": (event) => takeDiff(event, { store, reads, start }),
    "records-reset": () => start(reads.readAll),
    "project-opened": ({ project }) => {
      // Opened again after the core was started anew: what is shown stays while it is read.
      if (store.getState().project?.folder !== project.folder)
        store.setState({ ...unread, project, revision: project.revision });
      start(reads.readAll);
    },
    "project-closed": () => {
      reads.forget();
      store.setState({ ...unread, project: null });
      start(reads.readJobs);
    },
    "job-changed": ({ job }) => store.setState(({ jobs }) => ({ jobs: applyToJobs(jobs, job) })),
    "job-progressed": ({ progress }) =>
      store.setState(({ jobs }) => ({
        jobs: jobs.map((job) => (job.jobId === progress.jobId ? { ...job, progress } : job)),
      })),
  };

  connection.onEvent((event) => {
    // Each row takes the event of its own type, which the compiler cannot follow through a union.
    const handle = onEvent[event.type] as (event: ContractEvent) => void;
    handle(event);
  });
  connection.onOpen(() => start(reads.readAll));

  return {
    store,
    want: (type) => {
      if (reads.want(type)) start(() => reads.readShelf(type));
    },
  };
}

type Parts = {
  readonly store: StoreApi<MirrorState>;
  readonly reads: MirrorReads;
  readonly start: (reading: () => Promise<void>) => void;
};

/** Diffs come in order without gaps; after a gap everything is read again. */
function takeDiff(event: Extract<ContractEvent, { type: "records-changed" }>, { store, reads, start }: Parts): void {
  const { revision, diff } = event;
  const { revision: known, project } = store.getState();
  if (revision <= known) return;
  if (revision > known + 1) {
    start(reads.readAll);
    return;
  }
  reads.noteDiff(event);
  const renamed = diff.changed.flatMap(([, to]) => (to.type === "project" ? [to] : [])).at(0);
  store.setState((state) => ({
    revision,
    shelves: applyToShelves(state.shelves, diff),
    ...(renamed && project ? { project: { ...project, name: renamed.name } } : {}),
  }));
  start(reads.readHistory);
}
