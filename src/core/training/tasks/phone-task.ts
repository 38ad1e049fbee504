// The task of an audio encoder: tell at each moment which phone sounds.
import { assert } from "../../../shared/failure/index.ts";
import { phoneLogitsGraph } from "../../models/index.ts";
import type { WhisperConfig } from "../../models/index.ts";
import { bakeSizes, extendGraph, rebuild } from "../../onnx/index.ts";
import type { Graph, Weights } from "../../onnx/index.ts";
import { tensorOf } from "../../tensor/index.ts";
import { openLossTask } from "./loss-task.ts";
import { stackNamed, tensorNamed } from "./noising.ts";
import type { Device } from "./open-graphs.ts";
import type { DrawnExample, TrainingTask } from "./task.ts";

export type PhoneTaskOptions = {
  readonly config: WhisperConfig;
  readonly weights: Weights;
  readonly batch: number;
  /** Of the truth's one, spread over all phones: who must not be sure does not learn to shout. */
  readonly labelSmoothing: number;
  readonly device: Device;
};

/** Outputs: "total", the cross-entropy, and "accuracy", the share of rows whose likeliest phone is the true one. */
function phoneGraph({ config, weights, batch }: PhoneTaskOptions): Graph {
  const { positions, phones } = config;
  assert(phones !== undefined, "the encoder tells phones");
  const network = bakeSizes(phoneLogitsGraph({ config, weights }), { batch });
  const judged = extendGraph(network, (g) => {
    const logits = network.outputs[0]?.value;
    assert(logits !== undefined, "the encoder has logits");
    const target = g.input("target", "float32", [batch, positions, phones.count]);
    const said = g.reduceSum(g.mul(target, g.logSoftmax(logits)), [2], "drop");
    const best = g.op("ArgMax", [logits], { axis: 2, keepdims: 0 });
    const hits = g.cast(g.equal(best, g.op("ArgMax", [target], { axis: 2, keepdims: 0 })), "float32");
    return { accuracy: g.reduceMean(hits, [0, 1], "drop"), total: g.neg(g.reduceMean(said, [0, 1], "drop")) };
  });
  return rebuild({ ...judged, outputs: judged.outputs.filter(({ name }) => name !== "logits") }, () => undefined);
}

/** Examples: "log_mel" [bins, 2 positions] and "labels" [positions], phones by number. */
export function openPhoneTask(options: PhoneTaskOptions): Promise<TrainingTask> {
  return openLossTask({
    graph: phoneGraph(options),
    isTrained: () => true,
    device: options.device,
    feedsOf: (examples) => ({ ...stackNamed(examples, ["log_mel"]), target: targetOf(examples, options) }),
  });
}

function targetOf(examples: readonly DrawnExample[], { config, labelSmoothing }: PhoneTaskOptions) {
  const { positions, phones: { count } = { count: 0 } } = config;
  const target = new Float32Array(examples.length * positions * count).fill(labelSmoothing / count);
  for (const [at, { example }] of examples.entries())
    for (const [row, label] of tensorNamed(example, "labels").data.entries()) {
      const place = (at * positions + row) * count + label;
      target[place] = (target[place] ?? 0) + 1 - labelSmoothing;
    }
  return tensorOf("float32", [examples.length, positions, count], target);
}
