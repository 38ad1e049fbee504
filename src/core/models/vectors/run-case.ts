// Brings one case of a vectors file to its answers and compares them with the reference's.
import { refused } from "../../../shared/failure/index.ts";
import { bakeSizes } from "../../onnx/index.ts";
import type { Contract, Graph, Precision, ProviderName } from "../../onnx/index.ts";
import { asFloat16, asFloat32, floats, maxAbsError, relativeError } from "../../tensor/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { readTensor } from "../../weights/index.ts";
import type { TensorFile } from "../../weights/index.ts";
import { sizesOf } from "./cases.ts";
import type { Case } from "./cases.ts";
import type { Answer, Family } from "./families.ts";
import { openVariant } from "./open-variant.ts";
import type { CheckedPlacement, VariantOptions } from "./open-variant.ts";

export type CheckedOutput = {
  readonly case: string;
  readonly output: string;
  /** ‖ours − reference‖ / ‖reference‖ over all elements. */
  readonly relativeError: number;
  readonly maxAbsolute: number;
};

/** A case and the family that answers it. */
export type CaseSource = {
  readonly vectors: TensorFile;
  readonly found: Case;
  readonly family: Family;
  readonly config: unknown;
};

type Tensors = Readonly<Record<string, Tensor>>;
type RunOptions = Omit<VariantOptions, "precision" | "onPlacement"> & { readonly precision?: Precision };

/** Whether the case brings everything that the graph asks for. */
export const fits = (graph: Graph, found: Case): boolean =>
  graph.inputs.every((input) => found.inputs.includes(input.name));

const readInputs = (vectors: TensorFile, { name }: Case, inputs: readonly string[]): Tensors =>
  Object.fromEntries(inputs.map((input) => [input, readTensor(vectors, `${name}/in/${input}`)]));

/** Runs a network of the family over the case. */
export async function runCase(graph: Graph, { vectors, found, family, config }: CaseSource, options: RunOptions) {
  const feeds = readInputs(
    vectors,
    found,
    graph.inputs.map(({ name }) => name),
  );
  let used: ProviderName = options.provider ?? "cpu";
  const placements: CheckedPlacement[] = [];
  const onPlacement = (placement: CheckedPlacement) => placements.push(placement);
  const open = async (ready: Graph, precision = options.precision ?? "float32") => {
    const session = await openVariant(ready, found.name, { ...options, precision, onPlacement });
    used = session.provider;
    return session;
  };
  const sized = bakeSizes(graph, sizesOf(graph, feeds));
  const answers = await (family.answer ?? runOnce)({ config, graph: sized, feeds, open });
  return { outputs: compare(vectors, found, answers), provider: used, placements };
}

/** What of the case is arithmetic without a network; nothing where the family has none. */
export async function computeCase({ vectors, found, family, config }: CaseSource): Promise<readonly CheckedOutput[]> {
  if (family.compute === undefined) return [];
  const feeds = () => readInputs(vectors, found, found.inputs);
  const dimsOf = (output: string) => vectors.entries.get(`${found.name}/out/${output}`)?.dims;
  return compare(vectors, found, await family.compute({ config, inputs: found.inputs, feeds, dimsOf }));
}

function compare(vectors: TensorFile, found: Case, answers: Tensors): readonly CheckedOutput[] {
  return Object.entries(answers).flatMap(([output, answer]): readonly CheckedOutput[] => {
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
}

/** One run of a graph: how the vectors of a network are answered. */
export const runOnce: Answer = async ({ graph, feeds, open }) => {
  await using session = await open(graph);
  return await session.run(castAsAsked(session.contract, feeds));
};

const single = (tensor: Tensor): Tensor<"float32"> => {
  if (tensor.dtype === "float32" || tensor.dtype === "float16") return asFloat32(tensor);
  if (tensor.dtype === "int64" || tensor.dtype === "int32")
    return floats(tensor.dims, Float32Array.from(tensor.data, Number));
  throw refused("models.no-vectors", { message: `Vectors of type ${tensor.dtype} cannot be compared.` });
};

/** Each input in the precision that the session takes. */
const castAsAsked = ({ inputs }: Contract, feeds: Tensors): Tensors =>
  Object.fromEntries(
    Object.entries(feeds).map(([name, tensor]) => {
      const asked = inputs.find((input) => input.name === name)?.dtype;
      if (tensor.dtype !== "float32" || asked !== "float16") return [name, tensor];
      return [name, asFloat16(tensor)];
    }),
  );
