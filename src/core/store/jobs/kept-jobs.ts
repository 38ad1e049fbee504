// The JobStore of an open project: each call goes to the present session, so that it outlives a broken connection.
import type { JobStore } from "../../../shared/project/index.ts";
import type { SessionKeeper } from "../session.ts";

export const keptJobs = ({ use }: SessionKeeper): JobStore => ({
  transact: (work) => use(({ jobs }) => jobs.transact(work)),
  insert: (job) => use(({ jobs }) => jobs.insert(job)),
  get: (jobId) => use(({ jobs }) => jobs.get(jobId)),
  list: (filter) => use(({ jobs }) => jobs.list(filter)),
  update: (jobId, guard, changes) => use(({ jobs }) => jobs.update(jobId, guard, changes)),
  remove: (jobId) => use(({ jobs }) => jobs.remove(jobId)),
  nextReady: (query) => use(({ jobs }) => jobs.nextReady(query)),
  expired: (nowMs) => use(({ jobs }) => jobs.expired(nowMs)),
  dependents: (jobId) => use(({ jobs }) => jobs.dependents(jobId)),
  putPiece: (piece, guard) => use(({ jobs }) => jobs.putPiece(piece, guard)),
  pieces: (jobId) => use(({ jobs }) => jobs.pieces(jobId)),
  appendLog: (jobId, entry) => use(({ jobs }) => jobs.appendLog(jobId, entry)),
  readLog: (jobId, limit) => use(({ jobs }) => jobs.readLog(jobId, limit)),
});
