// Runs a vectors file: the networks of its family over its checkpoint, each case's inputs in, every output compared.
import path from "node:path";
import { z } from "zod";
import { refused } from "../../../shared/failure/index.ts";
import type { Progress } from "../../base/index.ts";
import { bakeSizes, loweringOf, variantOf, writeModel } from "../../onnx/index.ts";
import type { Contract, Graph, Precision, ProviderName, Runtime, Session, Weights } from "../../onnx/index.ts";
import { asFloat16, asFloat32, maxAbsError, relativeError } from "../../tensor/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { below, joinWeights, openTensorFile, readTensor, weightsOf } from "../../weights/index.ts";
import type { TensorFile } from "../../weights/index.ts";
import { compareParameters, parametersOf, requireExactParameters } from "../parameters.ts";
import { casesOf, sizesOf } from "./cases.ts";
import type { Case } from "./cases.ts";
import { forwardFamilies } from "./families.ts";
import type { Answer, Families, Family } from "./families.ts";

export type CheckOptions = {
  readonly runtime: Runtime;
  readonly provider?: ProviderName;
  readonly precision?: Precision;
  readonly threads?: number;
  /** An empty folder for model files. */
  readonly workFolder: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: Progress;
};

export type CheckedOutput = {
  readonly case: string;
  readonly output: string;
  /** ‖ours − reference‖ / ‖reference‖ over all elements. */
  readonly relativeError: number;
  readonly maxAbsolute: number;
};

export type CheckReport = {
  readonly family: string;
  readonly outputs: readonly CheckedOutput[];
  /** Outputs of the file that this version computes no counterpart of, such as gradients. */
  readonly notComputed: readonly string[];
  readonly provider: ProviderName;
};

const metadataSchema = z.object({
  family: z.string(),
  checkpoint: z.string().default(""),
  config: z.string().default("{}"),
});

/** Refuses what is no vectors file, a family without networks here, and a checkpoint that does not fit. */
export async function checkVectors(
  vectorsPath: string,
  options: CheckOptions,
  families: Families = forwardFamilies,
): Promise<CheckReport> {
  using vectors = openTensorFile(vectorsPath);
  const metadata = readMetadata(vectorsPath, vectors);
  const family = familyOf(metadata.family, families);
  using checkpoint = openCheckpoint(path.dirname(vectorsPath), metadata, family);
  requireFit(metadata.family, checkpoint.weights, { family, config: metadata.config });
  const graphs = family.graphs(metadata.config, checkpoint.weights);

  const cases = casesOf(vectors.entries.keys());
  const outputs: CheckedOutput[] = [];
  let provider: ProviderName = options.provider ?? "cpu";
  for (const [index, found] of cases.entries()) {
    for (const graph of graphs.filter((each) => fits(each, found))) {
      options.signal?.throwIfAborted();
      const result = await runCase(graph, { vectors, found, family, config: metadata.config }, options);
      provider = result.provider;
      outputs.push(...result.outputs);
    }
    options.onProgress?.(index + 1, cases.length, "cases");
  }
  const known = new Set(outputs.map((each) => `${each.case}/out/${each.output}`));
  const asked = cases.flatMap((found) => found.outputs.map((output) => `${found.name}/out/${output}`));
  return { family: metadata.family, outputs, notComputed: asked.filter((name) => !known.has(name)), provider };
}

function readMetadata(vectorsPath: string, vectors: TensorFile) {
  const parsed = metadataSchema.safeParse(Object.fromEntries(vectors.scalars));
  if (parsed.success) return { ...parsed.data, config: parseConfig(vectorsPath, parsed.data.config) };
  throw refused("models.no-vectors", {
    message: `${vectorsPath} is no vectors file: its header has no metadata that names a family.`,
    hint: "Choose a file whose name ends in .vectors.safetensors.",
  });
}

function parseConfig(vectorsPath: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw refused("models.no-vectors", { message: `${vectorsPath} has a configuration that is no JSON.`, cause });
  }
}

function familyOf(name: string, families: Families): Family {
  const family = Object.hasOwn(families, name) ? families[name] : undefined;
  if (family) return family;
  throw refused("models.unknown-family", {
    message: `There is no network here for vectors of the family "${name}".`,
    hint: `Known families: ${Object.keys(families).join(", ")}.`,
    details: { family: name },
  });
}

type Metadata = ReturnType<typeof readMetadata>;

/** The checkpoint's files, prefixes taken off, as float32 weights. */
function openCheckpoint(
  folder: string,
  metadata: Metadata,
  family: Family,
): Disposable & { readonly weights: Weights } {
  using stack = new DisposableStack();
  const names = [metadata.checkpoint, ...(family.furtherFiles?.(metadata.config) ?? [])];
  const sources = names.map((name) => {
    if (name === "" || path.basename(name) !== name)
      throw refused("models.bad-checkpoint-name", {
        message: `The vectors name ${JSON.stringify(name)} as their checkpoint; a file beside them is expected.`,
        details: { name },
      });
    const file = stack.use(openTensorFile(path.join(folder, name)));
    const prefix = family.prefixes.find((each) => [...file.entries.keys()].some((key) => key.startsWith(each)));
    return weightsOf(prefix === undefined ? file : below(file, prefix), { dtype: "float32" });
  });
  const kept = stack.move();
  return { weights: joinWeights(...sources), [Symbol.dispose]: () => kept[Symbol.dispose]() };
}

/** Every tensor the networks ask for is there in its shape, and the file has none that they do not know. */
function requireFit(name: string, weights: Weights, { family, config }: { family: Family; config: unknown }): void {
  const keys = [...weights.keys()];
  const asking = (unborn: Weights) => family.graphs(config, { ...unborn, keys: () => keys });
  const found = new Map(keys.map((key) => [key, weights.find(key)?.dims ?? []]));
  requireExactParameters(name, compareParameters(parametersOf(asking), found, family.isUnused));
}

const fits = (graph: Graph, found: Case): boolean => graph.inputs.every((input) => found.inputs.includes(input.name));

type Source = {
  readonly vectors: TensorFile;
  readonly found: Case;
  readonly family: Family;
  readonly config: unknown;
};

async function runCase(graph: Graph, { vectors, found, family, config }: Source, options: CheckOptions) {
  const feeds = Object.fromEntries(
    graph.inputs.map((input) => [input.name, readTensor(vectors, `${found.name}/in/${input.name}`)]),
  );
  let used: ProviderName = options.provider ?? "cpu";
  const open = async (ready: Graph, precision = options.precision ?? "float32") => {
    const session = await openVariant(ready, found, { ...options, precision });
    used = session.provider;
    return session;
  };
  const sized = bakeSizes(graph, sizesOf(graph, feeds));
  const answers = await (family.answer ?? runOnce)({ config, graph: sized, feeds, open });
  const outputs = Object.entries(answers).flatMap(([output, answer]): readonly CheckedOutput[] => {
    const key = `${found.name}/out/${output}`;
    if (!vectors.entries.has(key)) return [];
    const [ours, reference] = [single(answer), single(readTensor(vectors, key))];
    return [
      {
        case: found.name,
        output,
        relativeError: relativeError(ours, reference),
        maxAbsolute: maxAbsError(ours, reference),
      },
    ];
  });
  return { outputs, provider: used };
}

/** One run of a graph: how the vectors of a network are answered. */
export const runOnce: Answer = async ({ graph, feeds, open }) => {
  await using session = await open(graph);
  return await session.run(castAsAsked(session.contract, feeds));
};

const single = (tensor: Tensor): Tensor<"float32"> => {
  if (tensor.dtype === "float32" || tensor.dtype === "float16") return asFloat32(tensor);
  throw refused("models.no-vectors", { message: `Vectors of type ${tensor.dtype} cannot be compared.` });
};

type Feeds = Readonly<Record<string, Tensor>>;

/** Each input in the precision that the session takes. */
const castAsAsked = ({ inputs }: Contract, feeds: Feeds): Feeds =>
  Object.fromEntries(
    Object.entries(feeds).map(([name, tensor]) => {
      const asked = inputs.find((input) => input.name === name)?.dtype;
      if (tensor.dtype !== "float32" || asked !== "float16") return [name, tensor];
      return [name, asFloat16(tensor)];
    }),
  );

const manyNodes = 8000;

type VariantOptions = CheckOptions & { readonly precision: Precision };

async function openVariant(graph: Graph, found: Case, options: VariantOptions): Promise<Session> {
  const { runtime, provider, precision, threads, workFolder } = options;
  // What is opened for a few runs only should not be rewritten at length; our own passes have simplified it.
  const optimise = graph.nodes.length > manyNodes ? "none" : "all";
  const write = async (chosen: ProviderName): Promise<string> => {
    const file = path.join(workFolder, `${graph.name}-${found.name}-${precision}-${chosen}.onnx`);
    await writeModel(variantOf(graph, { lowering: loweringOf[chosen], precision }), file);
    return file;
  };
  return runtime.openSession(`${graph.name} (${found.name})`, write, {
    ...(provider && { providers: [provider], fallBack: "never" }),
    ...(threads !== undefined && { threads }),
    optimise,
  });
}
