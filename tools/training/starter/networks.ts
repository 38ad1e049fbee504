// Taught networks at work between the stages: one session over fixed sizes and the weights of the moment.
import { encodeModel, variantOf } from "../../../src/core/onnx/index.ts";
import type { Graph } from "../../../src/core/onnx/index.ts";
import type { Tensor } from "../../../src/core/tensor/index.ts";
import type { Shop } from "./stage.ts";

export type Network = AsyncDisposable & {
  readonly run: (feeds: Readonly<Record<string, Tensor>>, output: string) => Promise<Float32Array>;
};

export async function openNetwork({ device }: Shop, graph: Graph): Promise<Network> {
  const model = await encodeModel(variantOf(graph, { lowering: "cpu", precision: "float32" }));
  const session = await device.runtime.openSession(graph.name, model, { providers: ["cpu"], threads: device.threads });
  return {
    run: async (feeds, output) => {
      const answer = (await session.run(feeds))[output];
      if (answer?.dtype !== "float32") throw new Error(`${graph.name} gives no ${output} in float32`);
      return answer.data;
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}
