// The questions the mirror asks the core, so that an answer which comes late or from before a reset does no harm.
import type { StoreApi } from "zustand/vanilla";
import type { AnswerOf, Operations } from "../../shared/contract/index.ts";
import type { AnyRecord, Diff, RecordType } from "../../shared/project/index.ts";
import type { MirrorState } from "./mirror.ts";
import { loadingShelf, shelfFromPages } from "./record-cache.ts";
import type { RecordShelves } from "./record-cache.ts";

type DiffAt = { readonly revision: number; readonly diff: Diff };

export type MirrorReads = {
  readonly readAll: () => Promise<void>;
  readonly readJobs: () => Promise<void>;
  readonly readHistory: () => Promise<void>;
  readonly readShelf: (type: RecordType) => Promise<void>;
  /** Answers whether the shelf must be read now. */
  readonly want: (type: RecordType) => boolean;
  /** Keeps a diff for the shelves that are being read. */
  readonly noteDiff: (diff: DiffAt) => void;
  /** Drops every answer still under way. */
  readonly forget: () => void;
};

const pageRecords = 1_000;

export function createMirrorReads(operations: Operations, store: StoreApi<MirrorState>): MirrorReads {
  const wanted = new Set<RecordType>();
  let missedDiffs: DiffAt[] = [];
  let readsInFlight = 0;
  /** Raised by every reset: answers asked for in an earlier epoch are dropped. */
  let epoch = 0;

  async function readAll(): Promise<void> {
    const askedIn = ++epoch;
    const { project } = await operations["project.info"]({});
    if (askedIn !== epoch) return;
    const known = store.getState().project;
    if (!project && known) {
      await reopen(known.folder);
      return;
    }
    const shelves: RecordShelves = Object.fromEntries([...wanted].map((type) => [type, loadingShelf]));
    const isSame = project !== null && store.getState().project?.folder === project.folder;
    // What is shown stays while it is read again, so that a reconnect does not make the page flicker.
    store.setState((state) => ({
      project,
      revision: project?.revision ?? 0,
      shelves: isSame ? { ...shelves, ...state.shelves } : shelves,
      ...(isSame ? {} : { history: undefined, jobs: [] }),
    }));
    // The application has jobs of its own, without any project.
    await Promise.all([readJobs(), ...(project ? [readHistory(), ...[...wanted].map(readShelf)] : [])]);
  }

  /** A core that was started anew has nothing open: what this page was working on is opened again, and announces itself. */
  async function reopen(folder: string): Promise<void> {
    try {
      await operations["project.open"]({ folder });
    } catch (error) {
      store.setState({ project: null, shelves: {}, history: undefined, jobs: [] });
      throw error;
    }
  }

  async function readJobs(): Promise<void> {
    const askedIn = epoch;
    const { jobs } = await operations["jobs.list"]({});
    if (askedIn === epoch) store.setState({ jobs });
  }

  async function readHistory(): Promise<void> {
    const askedIn = epoch;
    const history = await operations["history.state"]({});
    if (askedIn === epoch) store.setState({ history });
  }

  async function readShelf(type: RecordType): Promise<void> {
    const askedIn = epoch;
    readsInFlight++;
    try {
      const read = await readPages(type, { operations, isStale: () => askedIn !== epoch });
      if (!read) return;
      const { pages, firstPageRevision } = read;
      const shelf = shelfFromPages(type, pages, { firstPageRevision, diffs: missedDiffs });
      store.setState(({ shelves }) => ({ shelves: { ...shelves, [type]: shelf } }));
    } finally {
      readsInFlight--;
      if (readsInFlight === 0) missedDiffs = [];
    }
  }

  return {
    readAll,
    readJobs,
    readHistory,
    readShelf,
    want: (type) => {
      if (wanted.has(type)) return false;
      wanted.add(type);
      store.setState(({ shelves }) => ({ shelves: { ...shelves, [type]: loadingShelf } }));
      return Boolean(store.getState().project);
    },
    noteDiff: (diff) => {
      if (readsInFlight > 0) missedDiffs.push(diff);
    },
    forget: () => {
      epoch++;
    },
  };
}

type Pages = { readonly pages: readonly (readonly AnyRecord[])[]; readonly firstPageRevision: number };
type PageReading = { readonly operations: Operations; readonly isStale: () => boolean };

/** All records of a type, page by page; undefined when nobody waits for them any more. */
async function readPages(type: RecordType, { operations, isStale }: PageReading): Promise<Pages | undefined> {
  const pages: (readonly AnyRecord[])[] = [];
  let firstPageRevision = 0;
  let after: string | null = null;
  do {
    const input = { type, limit: pageRecords, ...(after === null ? {} : { after }) };
    const page: AnswerOf<"record.list"> = await operations["record.list"](input);
    if (isStale()) return undefined;
    if (pages.length === 0) firstPageRevision = page.revision;
    pages.push(page.records);
    after = page.next;
  } while (after !== null);
  return { pages, firstPageRevision };
}
