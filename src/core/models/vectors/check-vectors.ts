// Runs a vectors file: the networks of its family over its checkpoint, each case's inputs in, every output compared.
import path from "node:path";
import { z } from "zod";
import { refused } from "../../../shared/failure/index.ts";
import type { Progress } from "../../base/index.ts";
import type { Precision, ProviderName, Runtime, Weights } from "../../onnx/index.ts";
import { below, joinWeights, openTensorFile, weightsOf } from "../../weights/index.ts";
import type { TensorFile } from "../../weights/index.ts";
import { compareParameters, parametersOf, requireExactParameters } from "../parameters.ts";
import { casesOf } from "./cases.ts";
import type { Case } from "./cases.ts";
import { forwardFamilies } from "./families.ts";
import type { Families, Family, InputDims } from "./families.ts";
import type { CheckedPlacement } from "./open-variant.ts";
import { computeCase, fits, runCase } from "./run-case.ts";
import type { CheckedOutput } from "./run-case.ts";

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

export type CheckReport = {
  readonly family: string;
  readonly outputs: readonly CheckedOutput[];
  /** Outputs of the file that this version computes no counterpart of, such as gradients. */
  readonly notComputed: readonly string[];
  readonly provider: ProviderName;
  /** For each network that was run, how much of it the provider left to the CPU; empty where the CPU was asked for. */
  readonly placements: readonly CheckedPlacement[];
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
  const cases = casesOf(vectors.entries.keys());
  const dimsIn = (found: Case, input: string) => vectors.entries.get(`${found.name}/in/${input}`)?.dims;
  // Sizes that a configuration leaves open are those of the inputs; which tensors there are does not depend on them.
  const firstDims: InputDims = (input) => cases.map((found) => dimsIn(found, input)).find((dims) => dims !== undefined);
  const sized: Family = {
    ...family,
    graphs: (config, weights) => configured(metadata.family, () => family.graphs(config, weights, firstDims)),
  };
  using checkpoint = openCheckpoint(path.dirname(vectorsPath), metadata, sized);
  requireFit(metadata.family, checkpoint.weights, { family: sized, config: metadata.config });

  const outputs: CheckedOutput[] = [];
  const placements: CheckedPlacement[] = [];
  let provider: ProviderName = options.provider ?? "cpu";
  for (const [index, found] of cases.entries()) {
    const source = { vectors, found, family, config: metadata.config };
    const graphs = family.graphs(metadata.config, checkpoint.weights, (input) => dimsIn(found, input));
    for (const graph of graphs.filter((each) => fits(each, found))) {
      options.signal?.throwIfAborted();
      const result = await runCase(graph, source, options);
      provider = result.provider;
      outputs.push(...result.outputs);
      placements.push(...result.placements);
    }
    outputs.push(...(await computeCase(source)));
    options.onProgress?.(index + 1, cases.length, "cases");
  }
  const known = new Set(outputs.map((each) => `${each.case}/out/${each.output}`));
  const asked = cases.flatMap((found) => found.outputs.map((output) => `${found.name}/out/${output}`));
  const notComputed = asked.filter((name) => !known.has(name));
  return { family: metadata.family, outputs, notComputed, provider, placements };
}

/** What `build` makes of a configuration; refused where the network cannot be built from it. */
function configured<Built>(name: string, build: () => Built): Built {
  try {
    return build();
  } catch (cause) {
    if (!(cause instanceof z.ZodError)) throw cause;
    throw refused("models.unknown-config", {
      message: `The vectors' configuration is none that ${name} can be built from here: ${z.prettifyError(cause).replaceAll("\n", " ")}`,
      cause,
    });
  }
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
  const isArithmetic = parametersOf((unborn) => family.graphs(metadata.config, unborn)).size === 0;
  const names = isArithmetic ? [] : [metadata.checkpoint, ...(family.furtherFiles?.(metadata.config) ?? [])];
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
