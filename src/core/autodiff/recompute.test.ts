// Recomputation: the same gradients to the bit, less memory, and no pass or runtime that undoes it.
import { beforeAll, expect, test } from "vitest";
import { randomFrom, silentLogger } from "../base/index.ts";
import { encodeModel, estimateMemory, graph, openRuntime, variantOf } from "../onnx/index.ts";
import type { Builder, Graph, Runtime, Value } from "../onnx/index.ts";
import { floats } from "../tensor/index.ts";
import type { Tensor } from "../tensor/index.ts";
import { backward } from "./backward.ts";
import { layerOf, planRecomputation } from "./plan-recomputation.ts";

let runtime: Runtime;
beforeAll(async () => {
  runtime = await openRuntime({ role: "test", logger: silentLogger });
});

const random = randomFrom(3);
const drawn = (...dims: readonly number[]): Tensor => {
  const count = dims.reduce((product, size) => product * size, 1);
  return floats(
    dims,
    Array.from({ length: count }, () => random.uniform() - 0.5),
  );
};
const feeds: Readonly<Record<string, Tensor>> = {
  x: drawn(64, 32),
  ...Object.fromEntries(Array.from({ length: 6 }, (_, layer) => [`w${layer}`, drawn(32, 32)])),
};
const weights = Object.keys(feeds).filter((name) => name !== "x");

/** Six residual layers, each with several inner values; the fourth also reads what the first has made. */
function chain(): Graph {
  const layer = (g: Builder, x: Value, w: Value) => {
    const h = g.silu(g.matMul(g.tanh(x), w));
    return g.add(x, g.mul(g.sigmoid(h), g.gelu(h)));
  };
  return graph("chain", (g) => {
    let x = g.input("x", "float32", [64, 32]);
    const made = weights.map((name, index) => {
      x = layer(g.scope(`blocks.${index}`), x, g.input(name, "float32", [32, 32]));
      return x;
    });
    const [first = x, last = x] = [made[0], made.at(-1)];
    return { loss: g.reduceSum(g.mul(first, g.cos(last)), [0, 1], "drop") };
  });
}

async function gradientsOf(step: Graph): Promise<Readonly<Record<string, Tensor>>> {
  const model = await encodeModel(variantOf(step, { lowering: "cpu" }));
  await using session = await runtime.openSession("recomputed", model, { providers: ["cpu"], threads: 1 });
  return await session.run(feeds);
}

test("gradients with recomputation are those without it, to the bit, through the runtime's whole optimiser", async () => {
  const options = { loss: "loss", of: ["x", ...weights] };
  const [kept, again] = [backward(chain(), options), backward(chain(), { ...options, recompute: layerOf })];
  expect(again.nodes.length).toBeGreaterThan(kept.nodes.length + 20);
  expect(await gradientsOf(again)).toEqual(await gradientsOf(kept));
});

test("no pass merges what is computed again with what was computed first", () => {
  const again = backward(chain(), { loss: "loss", of: weights, recompute: layerOf });
  const products = variantOf(again, { lowering: "cpu" }).nodes.filter(({ op }) => op === "MatMul");
  const without = variantOf(backward(chain(), { loss: "loss", of: weights }), { lowering: "cpu" });
  // The product within each of the six layers is there a second time.
  expect(products.length).toBe(without.nodes.filter(({ op }) => op === "MatMul").length + 6);
});

test("as few blocks are computed again as the budget asks for", () => {
  const options = { loss: "loss", of: weights };
  const all = planRecomputation(chain(), { ...options, budgetBytes: 0 });
  const none = planRecomputation(chain(), { ...options, budgetBytes: all.keptBytes });
  const some = planRecomputation(chain(), { ...options, budgetBytes: (all.keptBytes + all.chosenBytes) / 2 });
  expect(all.blocks).toHaveLength(6);
  expect(none.blocks).toEqual([]);
  expect(some.blocks.length).toBeGreaterThan(0);
  expect(some.blocks.length).toBeLessThan(6);
  expect(some.chosenBytes).toBeLessThanOrEqual((all.keptBytes + all.chosenBytes) / 2);
  expect(all.chosenBytes).toBeLessThan(0.6 * all.keptBytes);
  const step = backward(chain(), { ...options, recompute: some.blockOf });
  expect(estimateMemory(step).totalBytes).toBe(some.chosenBytes);
});

test("layers are told by their place in the checkpoint, whichever network it is", () => {
  const blockOf = (name: string) => {
    const [node] = graph("named", (g) => ({ y: g.scope(name).exp(g.input("x", "float32", [1])) })).nodes;
    return node && layerOf(node);
  };
  expect(blockOf("down_blocks.0.attentions.1.transformer_blocks.0.attn1")).toBe("down_blocks.0.attentions.1");
  expect(blockOf("vae.decoder.up_blocks.2.resnets.0.conv1")).toBe("vae.decoder.up_blocks.2.resnets.0");
  expect(blockOf("mid_block.resnets.1.norm1")).toBe("mid_block.resnets.1");
  expect(blockOf("visual_encoder.down_blocks.3.conv1")).toBe("visual_encoder.down_blocks.3");
  expect(blockOf("blocks.12.attn")).toBe("blocks.12");
  expect(blockOf("conv_in")).toBeUndefined();
});
