// A task whose network and losses are one graph: examples become its feeds, it answers with losses and gradients.
import { assert } from "../../../shared/failure/index.ts";
import { backward, gradientName, planRecomputation } from "../../autodiff/index.ts";
import { extendGraph, rebuild, weightsToInputs } from "../../onnx/index.ts";
import type { Graph, Session } from "../../onnx/index.ts";
import { floats } from "../../tensor/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { initialParameters, trainedWeights } from "../parameters.ts";
import { answerNamed, numberNamed, openGraph, openLater } from "./open-graphs.ts";
import type { Device } from "./open-graphs.ts";
import type { DrawnExample, TrainingTask } from "./task.ts";
import { unscaledGradients } from "./unscaled-gradients.ts";

type Feeds = Readonly<Record<string, Tensor>>;

export type LossTaskOptions = {
  /** Of fixed sizes. Its outputs are scalars: "total" is what is trained by, the others are told beside it. */
  readonly graph: Graph;
  readonly isTrained: (key: string) => boolean;
  /** What the graph is fed for so many examples. */
  readonly feedsOf: (examples: readonly DrawnExample[]) => Feeds;
  readonly device: Device;
};

const only = (graph: Graph, isKept: (name: string) => boolean): Graph =>
  rebuild({ ...graph, outputs: graph.outputs.filter(({ name }) => isKept(name)) }, () => undefined);

/** Outputs: the losses that are told on the way, and "grad/KEY" of "total" for each trained key. */
function gradientsGraph({ graph, isTrained, device }: LossTaskOptions, keys: readonly string[]) {
  const open = weightsToInputs(graph, isTrained);
  const scaled = extendGraph(open, (g) => {
    const total = open.outputs.find(({ name }) => name === "total")?.value;
    assert(total !== undefined, `${graph.name} has a total`);
    return { objective: g.mul(total, g.input("loss_scale", "float32", [])) };
  });
  const asked = { loss: "objective", of: keys };
  const plan = planRecomputation(scaled, { ...asked, budgetBytes: device.memoryBudgetBytes });
  const gradients = unscaledGradients(backward(scaled, { ...asked, recompute: plan.blockOf }), keys);
  return { plan, forward: open, gradients: only(gradients, (name) => name !== "objective") };
}

function feedOf({ contract }: Session, feeds: Feeds): Feeds {
  const names = new Set(contract.inputs.map(({ name }) => name));
  return Object.fromEntries(Object.entries(feeds).filter(([name]) => names.has(name)));
}

export async function openLossTask(options: LossTaskOptions): Promise<TrainingTask> {
  const { graph, isTrained, feedsOf, device } = options;
  const weights = trainedWeights(graph, isTrained);
  const keys = weights.map(({ key }) => key);
  const { plan, forward, gradients } = gradientsGraph(options, keys);
  const names = graph.outputs.map(({ name }) => name);
  await using stack = new AsyncDisposableStack();
  const back = stack.use(await openGraph(gradients, device));
  const ahead = openLater(() => openGraph(forward, device), stack);
  const kept = stack.move();
  const lossesOf = (answers: Readonly<Record<string, Tensor>>) =>
    Object.fromEntries(names.map((name) => [name, numberNamed(answers, name)]));
  return {
    trained: new Map(weights.map(({ key, dims }) => [key, dims])),
    recomputation: { blocks: plan.blocks.length, keptBytes: plan.keptBytes, chosenBytes: plan.chosenBytes },
    initial: () => initialParameters(weights),
    gradients: async ({ parameters, examples, lossScale }) => {
      const scale = { loss_scale: floats([], [lossScale]) };
      const answers = await back.run(feedOf(back, { ...feedsOf(examples), ...parameters, ...scale }));
      const entries = keys.map((key) => [key, answerNamed(answers, gradientName(key)).data] as const);
      return { losses: lossesOf(answers), gradients: Object.fromEntries(entries) };
    },
    losses: async ({ parameters, examples }) => {
      const session = await ahead();
      return { losses: lossesOf(await session.run(feedOf(session, { ...feedsOf(examples), ...parameters }))) };
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
