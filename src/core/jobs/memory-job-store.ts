// A JobStore that forgets everything with the process: for work that a person begins anew rather than a queue.
import type { Job, JobLogEntry, Piece } from "./job.ts";
import type { JobStore } from "./job-store.ts";

type Rows = {
  jobs: Map<string, Job>;
  pieces: readonly Piece[];
  log: ReadonlyMap<string, readonly JobLogEntry[]>;
  /** Jobs that were done when they were forgotten. */
  met: readonly string[];
};

/** Lines that are kept of a job; nobody reads further back, and the process lives long. */
const keptLines = 1000;

const byAge = (a: Job, b: Job) => a.createdMs - b.createdMs || (a.jobId < b.jobId ? -1 : 1);

/** Keeps to the same rules as the store of a project (test/jobs holds both to them). */
export function memoryJobStore(): JobStore {
  let rows: Rows = { jobs: new Map(), pieces: [], log: new Map(), met: [] };
  const write = (change: () => void): true => {
    change();
    return true;
  };
  const matches = (jobId: string, guard: { state: string; fenceToken: number }) => {
    const job = rows.jobs.get(jobId);
    return job?.state === guard.state && job.fenceToken === guard.fenceToken;
  };
  const isMet = (jobId: string) => rows.met.includes(jobId) || rows.jobs.get(jobId)?.state === "done";
  const all = () => [...rows.jobs.values()].toSorted(byAge);
  return {
    transact: (work) => {
      const before = { ...rows, jobs: new Map(rows.jobs) };
      try {
        return work();
      } catch (error) {
        rows = before;
        throw error;
      }
    },
    insert: (job) => !rows.jobs.has(job.jobId) && write(() => rows.jobs.set(job.jobId, job)),
    get: (jobId) => rows.jobs.get(jobId),
    list: ({ states, kinds, labels, limit }) =>
      all()
        .filter((job) => states?.includes(job.state) ?? true)
        .filter((job) => kinds?.includes(job.kind) ?? true)
        .filter((job) => Object.entries(labels ?? {}).every(([name, value]) => job.labels[name] === value))
        .slice(-(limit ?? Infinity)),
    update: (jobId, guard, changes) => {
      const job = rows.jobs.get(jobId);
      if (job === undefined || !matches(jobId, guard)) return false;
      return write(() => rows.jobs.set(jobId, { ...job, ...changes }));
    },
    remove: (jobId) => {
      const job = rows.jobs.get(jobId);
      if (job === undefined || !["done", "failed", "cancelled"].includes(job.state)) return false;
      return write(() => {
        rows.jobs.delete(jobId);
        rows.pieces = rows.pieces.filter((piece) => piece.jobId !== jobId);
        rows.log = new Map([...rows.log].filter(([id]) => id !== jobId));
        if (job.state === "done") rows.met = [...rows.met, jobId];
      });
    },
    nextReady: ({ resourceClass, nowMs, exceptJobIds }) =>
      all()
        .filter((job) => !exceptJobIds?.includes(job.jobId))
        .filter((job) => job.state === "queued" && job.resourceClass === resourceClass && job.notBeforeMs <= nowMs)
        .filter((job) => job.dependsOn.every((jobId) => isMet(jobId)))
        .toSorted((a, b) => b.priority - a.priority || byAge(a, b))[0],
    expired: (nowMs) => all().filter((job) => job.state === "running" && (job.leaseUntilMs ?? 0) <= nowMs),
    dependents: (jobId) => all().filter((job) => job.dependsOn.includes(jobId)),
    putPiece: (piece, guard) =>
      matches(piece.jobId, guard) &&
      write(() => {
        const others = rows.pieces.filter((each) => each.jobId !== piece.jobId || each.key !== piece.key);
        rows.pieces = [...others, piece];
      }),
    pieces: (jobId) =>
      rows.pieces
        .filter((piece) => piece.jobId === jobId)
        .toSorted((a, b) => a.committedMs - b.committedMs || (a.key < b.key ? -1 : 1)),
    appendLog: (jobId, entry) => {
      const lines = [...(rows.log.get(jobId) ?? []), entry].slice(-keptLines);
      rows.log = new Map(rows.log).set(jobId, lines);
    },
    readLog: (jobId, limit) => (rows.log.get(jobId) ?? []).slice(-limit),
  };
}
