// Vitest projects: `unit` runs beside the code in under a minute; `system` spans rooms and takes longer. Limits are for what
// hangs: a machine that is busy with other things may be ten times slower than an idle one.
import path from "node:path";
import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** For the processes that tests start: a third of the time that each takes to read the sources of the core. */
const env = { NODE_COMPILE_CACHE: path.join(import.meta.dirname, "node_modules", ".cache", "compiled") };

const patience = { poll: { timeout: 20_000 } };

export default defineConfig({
  test: {
    // Vitest leaves a core to itself by default; on two cores that is half of the machine, and most tests wait for processes.
    maxWorkers: Math.max(2, availableParallelism()),
    projects: [
      {
        test: {
          name: "unit",
          include: ["src/**/*.test.{ts,tsx}", "tools/**/*.test.ts"],
          environment: "node",
          env,
          testTimeout: 30_000,
          hookTimeout: 30_000,
          expect: patience,
        },
      },
      {
        test: {
          name: "system",
          include: ["test/**/*.test.ts"],
          environment: "node",
          env,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          expect: patience,
        },
      },
    ],
  },
});
