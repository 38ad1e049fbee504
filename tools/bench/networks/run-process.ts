// One model in a process of its own: opens it, runs it some times, writes its answers, and says what all that took.
import { silentLogger } from "../../../src/core/base/index.ts";
import { openRuntime } from "../../../src/core/onnx/index.ts";
import { bestOf, peakBytes } from "./measure.ts";
import type { Times } from "./measure.ts";
import { readTensorPlace, writeTensors } from "./tensor-files.ts";
import type { TensorPlace } from "./tensor-files.ts";

export type RunOrder = {
  readonly model: string;
  readonly feeds: Readonly<Record<string, TensorPlace>>;
  readonly wanted: readonly string[];
  readonly folder: string;
  readonly threads: number;
  readonly rounds: number;
  /** Where ONNX Runtime's profile goes; none unless said. */
  readonly profilePrefix?: string;
};

export type RunReport = Times & {
  readonly createSeconds: number;
  readonly residentBytes: number;
  readonly outputs: Readonly<Record<string, TensorPlace>>;
};

const { model, feeds, wanted, folder, threads, rounds, profilePrefix } = JSON.parse(process.argv[2] ?? "") as RunOrder;
const runtime = await openRuntime({ role: "bench", logger: silentLogger });
const startMs = performance.now();
await using session = await runtime.openSession("bench", model, {
  providers: ["cpu"],
  threads,
  ...(profilePrefix !== undefined && { profilePrefix }),
});
const createSeconds = (performance.now() - startMs) / 1000;
const tensors = Object.fromEntries(Object.entries(feeds).map(([name, place]) => [name, readTensorPlace(place)]));
const { result, ...times } = await bestOf(rounds, () => session.run(tensors, wanted.length > 0 ? wanted : undefined));
const report: RunReport = {
  ...times,
  createSeconds,
  residentBytes: peakBytes(),
  outputs: writeTensors(folder, result),
};
console.log(JSON.stringify(report));
