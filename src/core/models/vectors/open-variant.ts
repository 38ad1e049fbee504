// Opens what a vectors file is checked on, and notes where its nodes really ran.
import path from "node:path";
import { loweringOf, variantOf, writeModel } from "../../onnx/index.ts";
import type { Graph, Placement, Precision, ProviderName, Runtime, Session } from "../../onnx/index.ts";

/** What a provider other than the CPU left to the CPU, counted by ONNX Runtime while the network ran. */
export type CheckedPlacement = {
  readonly network: string;
  readonly case: string;
  readonly nodeCount: number;
  readonly cpuNodeCount: number;
  /** The operators of those, each once. */
  readonly cpuOperators: readonly string[];
};

export type VariantOptions = {
  readonly runtime: Runtime;
  readonly provider?: ProviderName;
  readonly precision: Precision;
  readonly threads?: number;
  /** An empty folder for model files. */
  readonly workFolder: string;
  /** Told once for each session, when it is closed; never for sessions on the CPU. */
  readonly onPlacement: (placement: CheckedPlacement) => void;
};

const manyNodes = 8000;

/** Opens the graph for one case, for the provider that was asked for and no other. */
export async function openVariant(graph: Graph, caseName: string, options: VariantOptions): Promise<Session> {
  const { runtime, provider, precision, threads, workFolder } = options;
  // What is opened for a few runs only should not be rewritten at length; our own passes have simplified it.
  const optimise = graph.nodes.length > manyNodes ? "none" : "all";
  const pathOf = (chosen: ProviderName): string =>
    path.join(workFolder, `${graph.name}-${caseName}-${precision}-${chosen}`);
  const write = async (chosen: ProviderName): Promise<string> => {
    const file = `${pathOf(chosen)}.onnx`;
    await writeModel(variantOf(graph, { lowering: loweringOf[chosen], precision }), file);
    return file;
  };
  const isProfiled = provider !== undefined && provider !== "cpu";
  const session = await runtime.openSession(`${graph.name} (${caseName})`, write, {
    ...(provider && { providers: [provider], fallBack: "never" }),
    ...(threads !== undefined && { threads }),
    ...(isProfiled && { profilePrefix: `${pathOf(provider)}-profile` }),
    optimise,
  });
  if (!isProfiled) return session;
  return watched(session, (placement) => {
    options.onPlacement({ network: graph.name, case: caseName, ...countsOf(placement) });
  });
}

const countsOf = ({ nodes, onCpu }: Placement) => ({
  nodeCount: Object.values(nodes).reduce((sum, count) => sum + count, 0),
  cpuNodeCount: onCpu.length,
  cpuOperators: [...new Set(onCpu)].toSorted(),
});

/** The session, which tells where its nodes ran when it is closed. */
function watched(session: Session, onPlacement: (placement: Placement) => void): Session {
  let isOpen = true;
  return {
    ...session,
    [Symbol.asyncDispose]: async () => {
      if (!isOpen) return;
      isOpen = false;
      try {
        onPlacement(await session.takePlacement());
      } finally {
        await session[Symbol.asyncDispose]();
      }
    },
  };
}
