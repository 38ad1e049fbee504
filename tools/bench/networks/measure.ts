// What the benchmarks of networks share: seeded inputs, times, children that answer in JSON, and how figures are written.
import { spawnSync } from "node:child_process";
import { cpuUsage } from "node:process";
import { fileURLToPath } from "node:url";
import type { Random } from "../../../src/core/base/index.ts";
import { elementCount } from "../../../src/core/tensor/index.ts";
import type { Tensor } from "../../../src/core/tensor/index.ts";

/** Uniform in [-1, 1). */
export function noise(random: Random, dims: readonly number[]): Tensor<"float32"> {
  const data = Float32Array.from({ length: elementCount(dims) }, () => 2 * random.uniform() - 1);
  return { dtype: "float32", dims, data };
}

export type Times = {
  readonly seconds: number;
  /** Of all threads together: on a busy machine the steadier of the two. */
  readonly processorSeconds: number;
};

/** The best of some runs, and the last answer. */
export async function bestOf<Result>(
  rounds: number,
  run: () => Promise<Result>,
): Promise<Times & { readonly result: Result }> {
  let best: Times = { seconds: Infinity, processorSeconds: Infinity };
  for (let round = 1; ; round++) {
    const [startMs, before] = [performance.now(), cpuUsage()];
    const result = await run();
    const { user, system } = cpuUsage(before);
    best = {
      seconds: Math.min(best.seconds, (performance.now() - startMs) / 1000),
      processorSeconds: Math.min(best.processorSeconds, (user + system) / 1e6),
    };
    if (round >= rounds) return { ...best, result };
  }
}

/** Runs `command` and parses the last line of what it says. Undefined, with the reason said, when it fails. */
export function askChild(command: string, args: readonly string[]): unknown {
  const child = spawnSync(command, args, {
    encoding: "utf8",
    maxBuffer: 64 << 20,
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (child.status === 0) return JSON.parse(child.stdout.trim().split("\n").at(-1) ?? "null");
  const why = child.error?.message ?? `it ended with ${child.status ?? child.signal}`;
  console.log(`${command} gave no answer: ${why}`);
  return undefined;
}

/** Another file of this folder in a process of its own, so that its memory is its own, too. */
export const askOwn = (file: string, order: object): unknown =>
  askChild(process.execPath, [fileURLToPath(new URL(file, import.meta.url)), JSON.stringify(order)]);

export const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(2)} GB`;
export const fixed = (value: number, digits = 1): string => value.toFixed(digits);
export const gigaflops = (multiplyAdds: number, seconds: number): string =>
  `${((2 * multiplyAdds) / seconds / 1e9).toFixed(0)} GFLOP/s`;

/** Of this process so far. */
export const peakBytes = (): number => process.resourceUsage().maxRSS * 1024;
