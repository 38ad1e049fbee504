// Opens the graphs of a task: fitted to the device, written beside each other, sized for training.
import { readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { assert } from "../../../shared/failure/index.ts";
import type { Graph, Precision, ProviderName, Runtime, Session } from "../../onnx/index.ts";
import { loweringOf, variantOf, writeModel } from "../../onnx/index.ts";
import type { Tensor } from "../../tensor/index.ts";

export type Device = {
  readonly runtime: Runtime;
  readonly provider: ProviderName;
  readonly threads: number;
  /** What the network computes in; parameters, moments and losses are float32 always. */
  readonly precision: Precision & ("float32" | "float16");
  /** Blocks are computed again on the way back until the estimate fits this. */
  readonly memoryBudgetBytes: number;
  /** A folder of this process alone, for model files. */
  readonly workFolder: string;
};

/** Graphs of more nodes are opened as they are written: the runtime's own rewriting takes a minute at 28,000. */
const manyNodes = 4000;

let openedCount = 0;

const graphName = /^training-(\d+)-.*\.onnx/;

/** Takes away graphs that a killed process has left in a folder. */
export function sweepGraphs(folder: string, isAlive: (pid: number) => boolean): void {
  for (const name of readdirSync(folder)) {
    const pid = Number(graphName.exec(name)?.[1] ?? NaN);
    if (Number.isSafeInteger(pid) && !isAlive(pid)) rmSync(path.join(folder, name), { force: true });
  }
}

/** A session over the graph, which needs fixed sizes; its files go with it. Sessions of a task take turns: each gives its memory back. */
export async function openGraph(graph: Graph, device: Device): Promise<Session> {
  const { runtime, provider, threads, precision, workFolder } = device;
  const ready = variantOf(graph, { lowering: loweringOf[provider], precision });
  openedCount += 1;
  const file = path.join(workFolder, `training-${process.pid}-${openedCount}-${graph.name}.onnx`);
  await using stack = new AsyncDisposableStack();
  stack.defer(() => {
    for (const name of [file, `${file}.data`]) rmSync(name, { force: true });
  });
  await writeModel(ready, file);
  const session = await runtime.openSession(graph.name, file, {
    providers: [provider],
    fallBack: "never",
    threads,
    memoryBetweenRuns: "returned",
    // Weights stay in their mapped file: packed copies of a billion of them would take as much memory again, in each session.
    extra: { "session.disable_prepacking": "1" },
    optimise: ready.nodes.length > manyNodes ? "none" : "all",
  });
  stack.use(session);
  const kept = stack.move();
  return { ...session, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** A session that is opened when it is first asked for, and closed with the others. */
export function openLater(open: () => Promise<Session>, stack: AsyncDisposableStack): () => Promise<Session> {
  let opening: Promise<Session> | undefined;
  stack.defer(async () => (await opening)?.[Symbol.asyncDispose]());
  return () => (opening ??= open());
}

/** A float32 answer of a run. */
export function answerNamed(answers: Readonly<Record<string, Tensor>>, name: string): Tensor<"float32"> {
  const tensor = answers[name];
  assert(tensor?.dtype === "float32", `the run gave no float32 tensor "${name}"`);
  return tensor;
}

export const numberNamed = (answers: Readonly<Record<string, Tensor>>, name: string): number =>
  answerNamed(answers, name).data[0] ?? NaN;
