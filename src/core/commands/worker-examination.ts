// Whether a worker starts and what ONNX Runtime finds in it: asked of a real worker, since no other process may load it.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { fromFailureData } from "../../shared/failure/index.ts";
import { silentLogger } from "../base/index.ts";
import { createWorkerPool } from "../jobs/index.ts";
import type { JobFunction } from "../jobs/index.ts";
import type { CoreTools } from "./core-tools.ts";
import { variablesOf } from "./worker-places.ts";

export const examinationKind = "app.examine-worker";

const examinationSchema = z.strictObject({
  processId: z.int(),
  providers: z.array(z.strictObject({ provider: z.string(), available: z.boolean(), reason: z.string() })),
});

export type WorkerExamination = z.infer<typeof examinationSchema>;

/** The worker's half. The runtime is loaded here and not with the module, for media work has no use for it. */
export const examineOnnx: JobFunction = async () => {
  const { openRuntime } = await import("../onnx/index.ts");
  const runtime = await openRuntime({ role: "worker", logger: silentLogger });
  const reports = await runtime.providers();
  return {
    processId: process.pid,
    providers: reports.map(({ provider, available, reason }) => ({ provider, available, reason })),
  };
};

/** The core's half: one worker for one question, outside every queue. */
export async function examineWorker({ worker, clock, logger }: CoreTools): Promise<WorkerExamination> {
  const folder = await mkdtemp(join(tmpdir(), "dubwright-doctor-"));
  try {
    await using pool = createWorkerPool({
      command: {
        ...worker,
        environment: {
          ...worker.environment,
          ...variablesOf({ projectFolder: folder, cacheFolder: folder, tracksFolder: folder }),
        },
      },
      clock,
      logger: logger.child("core/jobs"),
    });
    const order = { runId: "examination", jobId: "examination", kind: examinationKind, resourceClass: "cpu" };
    const places = { tempFolder: folder, contentFolder: folder, pieces: [] };
    const run = pool.start({ ...order, ...places, input: null, attempt: 1, fenceToken: 1 }, deafEars);
    const end = await run.ended;
    if (end.type === "failed") throw fromFailureData(end.error);
    return examinationSchema.parse(end.result);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const deafEars = { onProgress: () => undefined, onLog: () => undefined, onPiece: () => undefined };
