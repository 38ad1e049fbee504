// A core of real parts in a folder of its own, asked through the contract: store, queue, workers and ffmpeg as shipped.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient, linkedTransports, serveContract } from "../../src/shared/contract/index.ts";
import type { ContractEvent, JobSummary, Operations } from "../../src/shared/contract/index.ts";
import { silentLogger } from "../../src/core/base/index.ts";
import { createCore, systemTools } from "../../src/core/commands/index.ts";
import type { Core } from "../../src/core/commands/index.ts";

export type RealCore = AsyncDisposable & {
  /** Holds application data and, in tests, projects and media. */
  readonly folder: string;
  readonly core: Core;
  readonly operations: Operations;
  readonly events: readonly ContractEvent[];
  /** Waits for a job's end. */
  readonly ended: (jobId: string) => Promise<JobSummary>;
};

type How = {
  readonly folder?: string;
  readonly jobs?: "run" | "keep";
  /** Besides this process's own. */
  readonly environment?: Readonly<Record<string, string>>;
};

/** `folder` continues where another core has been; it is then the caller's to remove. */
export async function openRealCore({ folder: given, jobs = "run", environment: more }: How = {}): Promise<RealCore> {
  const folder = given ?? (await mkdtemp(join(tmpdir(), "dubwright-core-")));
  const environment = { ...process.env, DUBWRIGHT_APP_DATA: join(folder, "app"), ...more };
  const nodePath = process.execPath;
  const core = createCore(systemTools({ kind: "web", environment, logger: silentLogger, nodePath, jobs }));
  const [ours, theirs] = linkedTransports();
  serveContract(theirs, { handlers: core.handlers, events: core.events, onFailure: () => undefined });
  const client = createClient(ours);
  const events: ContractEvent[] = [];
  client.onEvent((event) => events.push(event));
  const { operations } = client;
  return {
    folder,
    core,
    operations,
    events,
    ended: async (jobId) => {
      for (;;) {
        const { job } = await operations["jobs.get"]({ jobId });
        if (["done", "failed", "cancelled"].includes(job.state)) return job;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    [Symbol.asyncDispose]: async () => {
      client.close();
      await core[Symbol.asyncDispose]();
      if (given === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}
