// Sessions over the networks of a model: a graph is written once beside its weights, then opened from there.
import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { loweringOf, printGraph, variantOf, writeModel } from "../../onnx/index.ts";
import type { Graph, Precision, ProviderName, Runtime, Session, Weights } from "../../onnx/index.ts";
import { asFloat16 } from "../../tensor/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { openTensorFile, weightsOf } from "../../weights/index.ts";
import type { PartFile } from "./model-files.ts";

export type SessionTools = {
  readonly runtime: Runtime;
  /** In order of preference; the machine's best when absent. */
  readonly providers?: readonly ProviderName[] | undefined;
  readonly threads?: number | undefined;
};

/** Raised when a definition changes in a way that its printed graph does not show. */
const graphRevision = 1;

/**
 * Single precision where it costs little or half is not trusted (WebGPU's drivers); half where it was made for it.
 */
const precisionOf: { readonly [P in ProviderName]: Precision } = {
  cuda: "float16",
  tensorrt: "float16",
  dml: "float16",
  coreml: "float32",
  webgpu: "float32",
  cpu: "float32",
};

/** A network that takes float32 whatever it computes in, and gives what it has: halves are taken again as they are. */
export type PartSession = AsyncDisposable & {
  readonly provider: ProviderName;
  readonly inputNames: readonly string[];
  readonly run: (
    feeds: Readonly<Record<string, Tensor>>,
    outputs?: readonly string[],
  ) => Promise<Readonly<Record<string, Tensor>>>;
};

/** A network over its weights; sizes that never change for a model are baked in. */
export type Part = { readonly label: string; readonly file: PartFile; readonly define: (weights: Weights) => Graph };

export async function openPart(
  { label, file, define }: Part,
  { runtime, providers, threads }: SessionTools,
): Promise<PartSession> {
  const keyInFile = (key: string): string => file.prefix + key;
  // Asked again, later, when a device fails in the middle of the work.
  const pathFor = async (provider: ProviderName): Promise<string> => {
    using tensors = openTensorFile(file.weightsPath);
    const precision = precisionOf[provider];
    // Weights that are read as they are stored are referred to; others are converted into a file of the graph's own.
    const weights = weightsOf(tensors, { dtype: "float32", keyInFile });
    const graph = variantOf(define(weights), { lowering: loweringOf[provider], precision });
    const name = `${graph.name}-${precision}-${digestOf(graph)}.onnx`;
    const path = join(file.folder, name);
    if (!(await exists(path))) await writeModel(graph, path);
    return path;
  };
  const session = await runtime.openSession(label, pathFor, {
    ...(providers && { providers }),
    ...(threads !== undefined && { threads }),
  });
  return overSession(session);
}

const digestOf = (graph: Graph): string =>
  createHash("sha256")
    .update(`${graphRevision}\n${printGraph(graph)}`)
    .digest("hex")
    .slice(0, 16);

async function exists(path: string): Promise<boolean> {
  try {
    return (await stat(path)).size > 0;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw error;
  }
}

function overSession(session: Session): PartSession {
  const dtypes = new Map(session.contract.inputs.map(({ name, dtype }) => [name, dtype]));
  const toAsked = (name: string, tensor: Tensor): Tensor =>
    tensor.dtype === "float32" && dtypes.get(name) === "float16" ? asFloat16(tensor) : tensor;
  return {
    get provider() {
      return session.provider;
    },
    inputNames: session.contract.inputs.map(({ name }) => name),
    run: async (feeds, outputs) => {
      const given = Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, toAsked(name, tensor)]));
      return await session.run(given, outputs);
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}
