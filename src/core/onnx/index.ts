// The door of core/onnx: graphs that read like the mathematics, their files, their rewriting, and sessions that run them.
//
// A network is a function over the builder. A scope is a place in the checkpoint: `layers` finds its weights by key, node
// names mirror the keys, dims may be symbols, and whatever must agree is proven while the definition runs:
//
//   /** h = x + conv2(silu(norm2(conv1(silu(norm1(x))) + time))); x [batch, channel, height, width], time [batch, width]. */
//   function residual(g: Builder, x: Value, time: Value): Value {
//     const norm = { groups: 32, activation: "silu" } as const;
//     const shift = g.unsqueeze(g.layers.linear("time_emb_proj", g.silu(time)), 2, 3);
//     const h = g.add(g.layers.conv("conv1", g.layers.groupNorm("norm1", x, norm), { padding: 1 }), shift);
//     const y = g.layers.conv("conv2", g.layers.groupNorm("norm2", h, norm), { padding: 1 });
//     return g.add(g.hasWeight("conv_shortcut.weight") ? g.layers.conv("conv_shortcut", x) : x, y);
//   }
//
//   const unet = graph("unet", (g) => {
//     const x = g.input("latents", "float32", ["batch", 320, "8*height", "8*width"]);
//     const time = g.input("time", "float32", ["batch", 1280]);
//     return { y: residual(g.scope("down_blocks.0.resnets.0"), x, time) };
//   }, { weights });
//
//   await writeModel(variantOf(unet, { lowering: "cpu", sizes: { batch: 2, height: 4, width: 4 } }), path);
export { embedGraph } from "./build/embed.ts";
export { extendGraph, graph } from "./build/graph-builder.ts";
export type { Builder, Outputs } from "./build/graph-builder.ts";
export type { Operand } from "./build/emitter.ts";
export { dim } from "./graph/dim.ts";
export type { Dim, Sizes } from "./graph/dim.ts";
export { tensorFromBytes, tensorFromValues, valuesOf } from "./graph/dtype.ts";
export { initialisersOf, producerOf } from "./graph/graph.ts";
export type { Graph, GraphOutput, Node, Value, ValueType } from "./graph/graph.ts";
export { checkGraph } from "./graph/check.ts";
export { castWeight, mapWeight, quantiseRows, transposeWeight } from "./graph/derive.ts";
export { multiplyAddsOf } from "./graph/multiply-adds.ts";
export { printGraph } from "./graph/print.ts";
export { readWeight, weightByteCount, weightOf, weightsInMemory } from "./graph/weights.ts";
export type { Weight, Weights } from "./graph/weights.ts";
export { operatorOf } from "./operators/table.ts";
export type { AttributesGiven, AttributeValues, CompositeName, OpName } from "./operators/table.ts";
export type { Lowering } from "./passes/lower.ts";
export { rebuild, weightsToInputs } from "./passes/rebuild.ts";
export type { RebuildOptions, Rule, Site } from "./passes/rebuild.ts";
export { bakeSizes, foldConstants, mergeRepetitions, removeDetours, simplify } from "./passes/simplify.ts";
export { variantOf } from "./passes/variant.ts";
export type { Precision, Variant } from "./passes/variant.ts";
export type { Dense } from "./reference/dense.ts";
export { evaluateGraph, evaluateInDoubles } from "./reference/evaluate.ts";
export { foreignLimits } from "./proto/limits.ts";
export type { ModelLimits } from "./proto/limits.ts";
export { readForeignModel, readModel } from "./proto/read-model.ts";
export { encodeModel, writeModel } from "./proto/write-model.ts";
export type { WriteOptions } from "./proto/write-model.ts";
export { needsNewProcess } from "./session/failures.ts";
export type { RuntimeFailure } from "./session/failures.ts";
export { fitInputs } from "./session/contract.ts";
export type { Contract, Slot } from "./session/contract.ts";
export { estimateMemory } from "./session/memory.ts";
export type { MemoryEstimate } from "./session/memory.ts";
export type { Placement } from "./session/placement.ts";
export { loweringOf, preferredProviders } from "./session/providers.ts";
export type { ProviderName, ProviderReport } from "./session/providers.ts";
export { openRuntime } from "./session/runtime.ts";
export type { ModelSource, OpenOptions, ProcessRole, Runtime, RuntimeOptions } from "./session/runtime.ts";
export type { Session } from "./session/session.ts";
export { lendSoftwareDevice } from "./session/software-device.ts";
