// The queue at work: claims what is ready, keeps leases, returns what was lost, and does what people ask of jobs.
import { assert, refused, toFailureData } from "../../shared/failure/index.ts";
import type { Clock, Logger, Random } from "../base/index.ts";
import { Attempt } from "./attempt.ts";
import type { AttemptTools, JobFolders, JobRecorder } from "./attempt.ts";
import type { Job, JobChanges, JobLogEntry } from "./job.ts";
import type { JobEvent } from "./job-event.ts";
import type { JobRunner } from "./job-runner.ts";
import type { JobFilter, JobStore } from "./job-store.ts";
import { later } from "./later.ts";
import { jobsWithFolders, jobTempFolder, removeAttempt, sweepAttempts } from "./piece-files.ts";
import { defaultRetryPolicy } from "./retry-policy.ts";
import type { RetryPolicy } from "./retry-policy.ts";
import {
  cancelled,
  claimed,
  guardOf,
  hasEnded,
  interrupted,
  paused,
  queuedJob,
  resumed,
  retried,
} from "./transitions.ts";
import type { NewJob } from "./transitions.ts";

export type SchedulerOptions = {
  readonly store: JobStore;
  readonly runner: JobRunner;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Names this scheduler in leases; another one for every process and start. */
  readonly owner: string;
  /** Resource class -> how many jobs of it run at once: { media: 2, cpu: 1, gpu: 1 }. */
  readonly slots: Readonly<Record<string, number>>;
  readonly folders: JobFolders;
  readonly recorder?: JobRecorder;
  readonly retryPolicy?: RetryPolicy;
  /**
   * When jobs that another host left running are taken over: "at-once" where a lock guarantees that it is dead (a project
   * is open in one process only), "after-lease" (the default) where it may still live.
   */
  readonly takeOver?: "at-once" | "after-lease";
  /** How long after the death of its host a job is taken over otherwise. Renewed, and the store looked at, three times in it. */
  readonly leaseMs?: number;
};

const defaultLeaseMs = 15_000;

export class JobScheduler {
  readonly #options: SchedulerOptions;
  readonly #tools: AttemptTools;
  readonly #leaseMs: number;
  readonly #attempts = new Map<string, Attempt>();
  readonly #listeners = new Set<(event: JobEvent) => void>();
  #callOffTimer: () => void = () => undefined;
  readonly #endedAttempts = new Set<Attempt>();
  #isPumpAsked = false;
  #renewedMs = -Infinity;
  /** Until every job that another host left running is back in the queue. */
  #isTakingOver: boolean;
  /** When the next backoff known here is over; others are found by the regular look at the store. */
  #wakeAtMs = Infinity;
  #state: "new" | "starting" | "working" | "closed" = "new";

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#leaseMs = options.leaseMs ?? defaultLeaseMs;
    this.#isTakingOver = options.takeOver === "at-once";
    this.#tools = {
      ...options,
      recorder: options.recorder ?? {},
      retryPolicy: options.retryPolicy ?? defaultRetryPolicy,
      emit: (event) => this.#emit(event),
    };
  }

  /** Sweeps what dead attempts have left behind, then begins to work. Before it, jobs can be asked for and are kept. */
  async start(): Promise<void> {
    assert(this.#state === "new", "a scheduler starts once");
    this.#state = "starting";
    await this.#sweepFolders();
    // Closed in the meantime: then there is nothing to begin. The compiler can't know that an await lets others in.
    if (this.#hasClosed()) return;
    this.#state = "working";
    this.#pump();
  }

  /**
   * Queues a job. The same id twice is the same job: the one that is there is answered, whatever its state. One that
   * depends on a job which fails waits until that is retried and done, or cancelled.
   */
  enqueue(asked: NewJob): Job {
    if (!Object.hasOwn(this.#options.slots, asked.resourceClass)) {
      throw refused("jobs.unknown-class", {
        message: `A job runs in one of ${Object.keys(this.#options.slots).join(", ")}; found "${asked.resourceClass}".`,
        details: { resourceClass: asked.resourceClass },
      });
    }
    const { store, clock } = this.#options;
    const job = queuedJob(asked, clock.nowMs());
    // Read where it is written: a read that fails after the commit would deny a job that is queued.
    const kept = store.transact(() => {
      const missing = job.dependsOn.filter((jobId) => {
        const dependency = store.get(jobId);
        return dependency === undefined || dependency.state === "cancelled";
      });
      if (missing.length > 0) throw missingDependencies(job, missing);
      store.insert(job);
      return this.get(job.jobId);
    });
    this.#changed(kept);
    return kept;
  }

  /** The job. Refuses an id that isn't there: "jobs.not-found". */
  get(jobId: string): Job {
    const job = this.#options.store.get(jobId);
    if (job) return job;
    throw refused("jobs.not-found", { message: `There is no job "${jobId}".`, details: { jobId } });
  }

  list(filter: JobFilter): readonly Job[] {
    return this.#options.store.list(filter);
  }

  /** Oldest first; lines of a running attempt are there after at most a third of the lease. */
  readLog(jobId: string, limit: number): readonly JobLogEntry[] {
    return this.#options.store.readLog(this.get(jobId).jobId, limit);
  }

  pause(jobId: string, reason: string): Job {
    return this.#act(() => this.#change(jobId, (job) => paused(job, reason)));
  }

  resume(jobId: string): Job {
    return this.#act(() => this.#change(jobId, resumed));
  }

  /** Cancels the job and all that wait for it, together. */
  cancel(jobId: string, reason: string): Job {
    return this.#act(() => this.#cancelWithDependents(jobId, reason));
  }

  /** Queues a failed or cancelled job again, with all its attempts and the pieces it has. */
  retry(jobId: string, reason: string): Job {
    return this.#act(() => this.#change(jobId, (job) => retried(job, reason)));
  }

  setPriority(jobId: string, priority: number): Job {
    return this.#act(() => this.#change(jobId, () => ({ priority })));
  }

  /** Forgets a job that has ended; false when it hasn't. */
  remove(jobId: string): boolean {
    return this.#options.store.remove(this.get(jobId).jobId);
  }

  /** Hears every event until the returned function is called. */
  subscribe(listener: (event: JobEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves with the job when it is done, failed or cancelled; rejects when it cannot be read or the signal says so. */
  async whenEnded(jobId: string, signal?: AbortSignal): Promise<Job> {
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<Job>();
    const unsubscribe = this.subscribe((event) => {
      if (event.type === "changed" && event.job.jobId === jobId && hasEnded(event.job)) resolve(event.job);
    });
    const onAbort = () => reject(signal?.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      const job = this.get(jobId);
      return hasEnded(job) ? job : await promise;
    } finally {
      unsubscribe();
      signal?.removeEventListener("abort", onAbort);
    }
  }

  /** Returns running jobs to the queue without counting the attempt, and waits until their workers have let go. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#state = "closed";
    this.#callOffTimer();
    this.#recordEnds();
    const attempts = [...this.#attempts.values()];
    for (const { job } of attempts) {
      this.#guarded(() => {
        this.#options.store.update(job.jobId, guardOf(job), interrupted(job, "the application was closed"));
      });
    }
    for (const attempt of attempts) attempt.stop("the application is closing");
    await Promise.all(attempts.map((attempt) => attempt.ended));
  }

  /** What a person asks, in one transaction; then it is announced, and running attempts that lost their job are stopped. */
  #act(work: () => readonly [Job, ...Job[]]): Job {
    const changed = this.#options.store.transact(work);
    for (const job of changed) {
      const attempt = this.#attempts.get(job.jobId);
      if (attempt && attempt.job.fenceToken !== job.fenceToken) attempt.stop(job.reason);
      this.#changed(job);
    }
    return changed[0];
  }

  #change(jobId: string, decide: (job: Job) => JobChanges): readonly [Job] {
    const job = this.get(jobId);
    const isChanged = this.#options.store.update(jobId, guardOf(job), decide(job));
    assert(isChanged, "nobody else writes during a transaction");
    return [this.get(jobId)];
  }

  #cancelWithDependents(jobId: string, reason: string): readonly [Job, ...Job[]] {
    const [job] = this.#change(jobId, (each) => cancelled(each, reason, this.#nowMs()));
    const waiting = this.#options.store.dependents(jobId).filter((each) => !hasEnded(each));
    return [job, ...waiting.flatMap((each) => this.#cancelWithDependents(each.jobId, `${jobId} was cancelled`))];
  }

  #changed(job: Job): void {
    this.#emit({ type: "changed", job });
    this.#askPump();
  }

  // Listeners are called apart from the work, so that one that throws is seen as the bug it is and stops no job.
  #emit(event: JobEvent): void {
    for (const listener of this.#listeners) queueMicrotask(() => listener(event));
  }

  #askPump(): void {
    if (this.#isPumpAsked) return;
    this.#isPumpAsked = true;
    queueMicrotask(() => this.#pump());
  }

  /** One round of work; asks for the next one itself. Whatever the store refuses is announced and tried again. */
  #pump(): void {
    this.#isPumpAsked = false;
    if (this.#state !== "working") return;
    this.#callOffTimer();
    if (this.#wakeAtMs <= this.#nowMs()) this.#wakeAtMs = Infinity;
    this.#guarded(() => this.#renewLeases());
    this.#recordEnds();
    this.#guarded(() => this.#returnLost());
    this.#guarded(() => this.#fillSlots());
    const delayMs = Math.min(this.#leaseMs / 3, Math.max(0, this.#wakeAtMs - this.#nowMs()));
    this.#callOffTimer = later(this.#options.clock, delayMs, () => this.#pump());
  }

  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#announceTrouble(error);
    }
  }

  #announceTrouble(error: unknown): void {
    const failure = toFailureData(error);
    this.#options.logger.error(failure.message, { code: failure.code, details: failure.details });
    this.#emit({ type: "trouble", failure });
  }

  #renewLeases(): void {
    const nowMs = this.#options.clock.monotonicMs();
    if (nowMs - this.#renewedMs < this.#leaseMs / 3) return;
    this.#renewedMs = nowMs;
    for (const attempt of this.#attempts.values()) {
      if (!attempt.renew(this.#leaseMs)) attempt.stop("another process has taken or changed the job");
    }
  }

  /** Each end by itself: one that the store refuses is tried again and keeps no other waiting. */
  #recordEnds(): void {
    for (const attempt of this.#endedAttempts) this.#guarded(() => this.#recordEndOf(attempt));
  }

  #recordEndOf(attempt: Attempt): void {
    const job = attempt.recordEnd();
    // A commit whose fsync failed may be kept all the same: whoever waits for the end hears of it then, too.
    const kept = job ?? this.#options.store.get(attempt.job.jobId);
    this.#endedAttempts.delete(attempt);
    this.#attempts.delete(attempt.job.jobId);
    if (kept) this.#emit({ type: "changed", job: kept });
    if (job?.state === "queued") this.#wakeAtMs = Math.min(this.#wakeAtMs, job.notBeforeMs);
    // A job that goes on keeps the folder: its next attempt adopts from it what was stored but not committed.
    if (kept === undefined || hasEnded(kept)) void this.#removeFolder(attempt.job);
  }

  #returnLost(): void {
    this.#returnExpired(this.#isTakingOver ? Number.MAX_SAFE_INTEGER : this.#nowMs());
    this.#isTakingOver = false;
  }

  #returnExpired(untilMs: number): void {
    const { store, logger } = this.#options;
    for (const job of store.expired(untilMs)) {
      if (this.#attempts.get(job.jobId)?.job.fenceToken === job.fenceToken) continue;
      const changes = interrupted(job, "its host went away");
      const returned = store.transact(() =>
        store.update(job.jobId, guardOf(job), changes) ? this.get(job.jobId) : undefined,
      );
      if (returned === undefined) continue;
      logger.info(`The job ${job.jobId} lost its host and was queued again.`, { leaseOwner: job.leaseOwner });
      this.#emit({ type: "changed", job: returned });
    }
  }

  #fillSlots(): void {
    for (const [resourceClass, slotCount] of Object.entries(this.#options.slots)) {
      let runningCount = 0;
      for (const { job } of this.#attempts.values()) if (job.resourceClass === resourceClass) runningCount += 1;
      for (; runningCount < slotCount; runningCount += 1) {
        const job = this.#claimNext(resourceClass);
        if (job === undefined) break;
        this.#begin(job);
      }
    }
  }

  #claimNext(resourceClass: string): Job | undefined {
    const { store, owner } = this.#options;
    const nowMs = this.#nowMs();
    return store.transact(() => {
      // A paused or cancelled attempt may still be ending here; its job waits for that, and the others go on.
      const job = store.nextReady({ resourceClass, nowMs, exceptJobIds: [...this.#attempts.keys()] });
      if (job === undefined) return undefined;
      const changes = claimed(job, { owner, nowMs, leaseMs: this.#leaseMs });
      return store.update(job.jobId, guardOf(job), changes) ? store.get(job.jobId) : undefined;
    });
  }

  #begin(job: Job): void {
    const attempt = new Attempt(job, this.#tools);
    this.#attempts.set(job.jobId, attempt);
    void attempt.ended.then(() => {
      this.#endedAttempts.add(attempt);
      this.#askPump();
    });
    this.#emit({ type: "changed", job });
  }

  async #removeFolder(job: Job): Promise<void> {
    try {
      await removeAttempt(this.#options.folders.tempFolder, job);
    } catch (error) {
      this.#announceTrouble(error);
    }
  }

  /** Temp folders of jobs that have ended or that nobody knows. What cannot be swept today keeps no project closed. */
  async #sweepFolders(): Promise<void> {
    const { store, folders } = this.#options;
    try {
      for (const jobId of await jobsWithFolders(folders.tempFolder)) {
        const job = store.get(jobId);
        if (job === undefined || hasEnded(job))
          await sweepAttempts(jobTempFolder(folders.tempFolder, jobId), undefined);
      }
    } catch (error) {
      this.#announceTrouble(error);
    }
  }

  #hasClosed(): boolean {
    return this.#state === "closed";
  }

  #nowMs(): number {
    return this.#options.clock.nowMs();
  }
}

const missingDependencies = (job: Job, missing: readonly string[]) =>
  refused("jobs.no-dependency", {
    message: `${job.jobId} waits for jobs that are not there or were cancelled: ${missing.join(", ")}.`,
    details: { jobId: job.jobId, missing },
  });
