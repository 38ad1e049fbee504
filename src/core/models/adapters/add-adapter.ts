// An adapter beside a network: kept apart, so that it is trained alone, or merged into the weights, so that it costs nothing.
import { assert, refused } from "../../../shared/failure/index.ts";
import type { Random } from "../../base/index.ts";
import { mapWeight, rebuild, valuesOf, weightOf, initialisersOf } from "../../onnx/index.ts";
import type { Graph, Value, Weight, Weights } from "../../onnx/index.ts";
import { floats, zeros } from "../../tensor/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { adapterKeys, adapterScale, isAdapted } from "./adapter-keys.ts";
import type { AdapterSpec } from "./adapter-keys.ts";

type Tensors = Readonly<Record<string, Tensor>>;

const weightBehind = (value: Value | undefined): Weight | undefined =>
  value?.origin.kind === "weight" ? value.origin.weight : undefined;

/** The projections of a network that an adapter stands beside, in their order, [out, in] each. Refuses an adapter of none. */
export function adaptedWeights(network: Graph, spec: AdapterSpec): readonly Weight[] {
  const linear = new Set(
    network.nodes.flatMap(({ op, inputs }) => (op === "Linear" && inputs[1] !== undefined ? [inputs[1]] : [])),
  );
  const found = initialisersOf(network).flatMap((value) => {
    const weight = weightBehind(value);
    return weight && linear.has(value) && isAdapted(spec, weight.key) ? [weight] : [];
  });
  if (found.length > 0) return found;
  throw refused("training.adapter-fits-nothing", {
    message: `No linear layer of ${network.name} is among ${spec.projections.join(", ")}.`,
    hint: "Projections are called to_q, to_k, to_v, to_out.0, ff.net.0.proj, ff.net.2, proj_in and proj_out.",
    details: { projections: spec.projections },
  });
}

/**
 * The tensors an adapter begins with: A uniform within 1/√in (He et al. 2015, as torch's linear layers), B zeros, so that the
 * first step sees the network as it was.
 */
export function newAdapter(network: Graph, spec: AdapterSpec, random: Random): Tensors {
  const tensors: Record<string, Tensor> = {};
  for (const { key, dims } of adaptedWeights(network, spec)) {
    const [outWidth = 0, inWidth = 0] = dims;
    const { down, up } = adapterKeys(key);
    const bound = 1 / Math.sqrt(inWidth);
    const drawn = Array.from({ length: spec.rank * inWidth }, () => bound * (2 * random.uniform() - 1));
    tensors[down] = floats([spec.rank, inWidth], drawn);
    tensors[up] = zeros("float32", [outWidth, spec.rank]);
  }
  return tensors;
}

/** The network with the adapter's two products beside each of its projections; its tensors are weights of their own keys. */
export function addAdapter(network: Graph, spec: AdapterSpec, tensors: Tensors): Graph {
  requireTensors(network, spec, tensors);
  return rebuild(network, (site) => {
    const { node, inputs, g, x } = site;
    const weight = node.op === "Linear" ? weightBehind(node.inputs[1]) : undefined;
    if (weight === undefined || !isAdapted(spec, weight.key)) return undefined;
    const { down, up } = adapterKeys(weight.key);
    const adopted = (key: string): Value => {
      const tensor = tensors[key];
      assert(tensor !== undefined, `the adapter has no ${key}`);
      return g.adopt(weightOf(key, tensor));
    };
    const base = g.op("Linear", [x(0), x(1), inputs[2]]);
    const change = g.linear(g.linear(x(0), adopted(down)), adopted(up));
    return g.add(base, g.mul(change, adapterScale(spec)));
  });
}

function requireTensors(network: Graph, spec: AdapterSpec, tensors: Tensors): void {
  for (const { key, dims } of adaptedWeights(network, spec)) {
    const { down, up } = adapterKeys(key);
    const expected = { [down]: [spec.rank, dims[1] ?? 0], [up]: [dims[0] ?? 0, spec.rank] };
    for (const [name, wanted] of Object.entries(expected)) {
      const found = tensors[name]?.dims;
      if (found?.join() === wanted.join()) continue;
      throw refused("training.wrong-adapter", {
        message: `The adapter's ${name} is ${found ? `[${found.join(", ")}]` : "missing"}; [${wanted.join(", ")}] is needed.`,
        hint: "It was trained for another network, rank or choice of projections.",
        details: { tensor: name },
      });
    }
  }
}

/** The weights with W + (alpha / rank) B A in place of each adapted W, computed when that weight is read. */
export function mergeAdapter(weights: Weights, spec: AdapterSpec, tensors: Tensors): Weights {
  return {
    keys: () => weights.keys(),
    find: (key, dims) => {
      const weight = weights.find(key, dims);
      const { down, up } = adapterKeys(key);
      const [a, b] = [tensors[down], tensors[up]];
      if (weight === undefined || a === undefined || b === undefined) return weight;
      const made = { key, dtype: weight.dtype, dims: weight.dims };
      return mapWeight(weight, made, (base) => addProduct(valuesOf(base), [valuesOf(b), valuesOf(a)], spec));
    },
  };
}

/** base [out, in] + scale * up [out, rank] down [rank, in], in doubles. */
function addProduct(
  base: Float64Array,
  [up, down]: readonly [Float64Array, Float64Array],
  spec: AdapterSpec,
): Float64Array {
  const { rank } = spec;
  const inWidth = down.length / rank;
  const scale = adapterScale(spec);
  for (let row = 0; row < up.length / rank; row += 1)
    for (let r = 0; r < rank; r += 1) {
      const factor = scale * (up[row * rank + r] ?? 0);
      if (factor === 0) continue;
      for (let column = 0; column < inWidth; column += 1)
        base[row * inWidth + column] = (base[row * inWidth + column] ?? 0) + factor * (down[r * inWidth + column] ?? 0);
    }
  return base;
}
