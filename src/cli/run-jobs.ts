// Jobs run to their end in the terminal. Events draw; whether a job is over is asked of the core.
import { setTimeout as sleep } from "node:timers/promises";
import type { FailureData } from "../shared/failure/index.ts";
import type { Client, ContractEvent, JobSummary } from "../shared/contract/index.ts";
import { exitCodeOf, exitCodes } from "./exit-codes.ts";
import { isOver, showJobs } from "./job-lines.ts";
import type { Terminal } from "./terminal.ts";

type Run = {
  readonly client: Client;
  readonly terminal: Terminal;
  readonly isJson: boolean;
  /** Nothing is shown: the caller prints what came of it. */
  readonly isQuiet?: boolean;
  /** Which jobs are shown and waited for. */
  readonly isOurs: (job: JobSummary) => boolean;
};

const lookEveryMs = 250;

/** Until none of ours is queued or running. Paused ones wait for a person and are not waited for. */
export async function runJobs({ client, terminal, isJson, isOurs, isQuiet = false }: Run): Promise<number> {
  const lines = isQuiet ? silentLines : isJson ? jsonLines(terminal, isOurs) : showJobs(terminal, isOurs);
  const unsubscribe = client.onEvent(lines.hear);
  // What happened before we listened is told as if it had happened now.
  for (const job of await ourJobs(client, isOurs)) lines.hear({ type: "job-changed", job });
  while (!terminal.interrupted.aborted) {
    const jobs = await ourJobs(client, isOurs);
    if (jobs.every((job) => isOver(job) || job.state === "paused")) {
      for (const job of jobs) lines.hear({ type: "job-changed", job });
      unsubscribe();
      lines.finish();
      return worstExitCode(jobs);
    }
    await untilNextLook(terminal.interrupted);
  }
  unsubscribe();
  if (!isJson) terminal.say(`Interrupted. What is finished is kept; go on ${wayOn(await ourJobs(client, isOurs))}\n`);
  return exitCodes.interrupted;
}

/** Jobs of models belong to no project: nothing remembers them but what they have fetched. */
const wayOn = (jobs: readonly JobSummary[]): string =>
  jobs.every(({ kind }) => kind.startsWith("models.")) ? "by saying the same again." : "with: dubwright jobs watch";

async function untilNextLook(interrupted: AbortSignal): Promise<void> {
  try {
    await sleep(lookEveryMs, undefined, { signal: interrupted });
  } catch (error) {
    if (!interrupted.aborted) throw error;
  }
}

async function ourJobs({ operations }: Client, isOurs: Run["isOurs"]): Promise<readonly JobSummary[]> {
  const { jobs } = await operations["jobs.list"]({ limit: 1000 });
  return jobs.filter(isOurs).toReversed();
}

const silentLines = { hear: () => undefined, finish: () => undefined };

/** One event a line; what was said of a job before is not said again. */
function jsonLines(terminal: Terminal, isOurs: Run["isOurs"]) {
  const latest = new Map<string, string>();
  const tell = (jobId: string, event: ContractEvent) => {
    const line = JSON.stringify(event);
    if (latest.get(jobId) !== line) terminal.print(line);
    latest.set(jobId, line);
  };
  return {
    hear: (event: ContractEvent) => {
      if (event.type === "job-changed" && isOurs(event.job)) tell(event.job.jobId, event);
      if (event.type === "job-progressed" && latest.has(event.progress.jobId)) tell(event.progress.jobId, event);
    },
    finish: () => undefined,
  };
}

function worstExitCode(jobs: readonly JobSummary[]): number {
  const failures = jobs.flatMap(({ state, failure }): FailureData[] =>
    state === "failed" && failure ? [failure] : [],
  );
  const cancelled = jobs.some(({ state }) => state === "cancelled") ? [exitCodes.refused] : [];
  return Math.max(exitCodes.done, ...cancelled, ...failures.map(exitCodeOf));
}
