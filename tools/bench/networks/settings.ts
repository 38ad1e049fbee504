// The options that every benchmark of a network takes: --threads and --rounds.
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { silentLogger } from "../../../src/core/base/index.ts";
import { openRuntime } from "../../../src/core/onnx/index.ts";
import type { Bench } from "./ceiling.ts";

export async function benchSettings(): Promise<Bench> {
  const { values } = parseArgs({
    options: {
      threads: { type: "string", default: String(availableParallelism()) },
      rounds: { type: "string", default: "5" },
    },
  });
  const runtime = await openRuntime({ role: "bench", logger: silentLogger });
  console.log(`${values.threads} threads, best of ${values.rounds}`);
  return { runtime, threads: Number(values.threads), rounds: Number(values.rounds) };
}
