// Gradients divided by the loss scale, in an order that lets memory go early.
import { assert } from "../../../shared/failure/index.ts";
import { gradientName } from "../../autodiff/index.ts";
import { extendGraph } from "../../onnx/index.ts";
import type { Graph, Value } from "../../onnx/index.ts";

/**
 * The outputs "grad/KEY" over the input "loss_scale", in float32 whatever they were computed in: a small gradient that the
 * scale has kept from vanishing would vanish here.
 *
 * The divisions stand at the end of the graph, those of the network's last layers last. ONNX Runtime orders a graph by
 * walking up from its last end (1.30, `GraphViewer`): so the last layers' gradients are finished first, each as soon as it can
 * be, and what they alone needed dies. With the first layer's at the end the whole way back would come first, and everything
 * computed again on it would live until the last weight had its gradient.
 */
export function unscaledGradients(graph: Graph, keys: readonly string[]): Graph {
  const scale = graph.inputs.find(({ name }) => name === "loss_scale");
  assert(scale !== undefined, "the loss was scaled");
  const names = new Set(keys.map(gradientName));
  const scaled = new Map<string, Value>();
  for (const { name, value } of graph.outputs) if (names.has(name)) scaled.set(name, value);
  const others = { ...graph, outputs: graph.outputs.filter(({ name }) => !names.has(name)) };
  return extendGraph(others, (g) =>
    Object.fromEntries([...scaled].map(([name, value]) => [name, g.div(g.cast(value, "float32"), scale)])),
  );
}
