// The task of SyncNet: tell whether a window's picture and sound belong together, from pairs that do and pairs that do not.
import { assert } from "../../../shared/failure/index.ts";
import { backward, gradientName, planRecomputation } from "../../autodiff/index.ts";
import { randomFrom } from "../../base/index.ts";
import { syncNetGraph } from "../../models/index.ts";
import type { SyncNetConfig } from "../../models/index.ts";
import { bakeSizes, extendGraph, rebuild, weightsToInputs } from "../../onnx/index.ts";
import type { Graph, Weights } from "../../onnx/index.ts";
import { floats, tensorOf } from "../../tensor/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { crossEntropy } from "../losses/synchrony.ts";
import { initialParameters, trainedWeights } from "../parameters.ts";
import { tensorNamed } from "./noising.ts";
import { answerNamed, numberNamed, openGraph } from "./open-graphs.ts";
import type { Device } from "./open-graphs.ts";
import { unscaledGradients } from "./unscaled-gradients.ts";
import type { DrawnExample, Example, TrainingTask } from "./task.ts";

export type SyncNetTaskOptions = {
  readonly config: SyncNetConfig;
  readonly weights: Weights;
  /** Frames of a window. */
  readonly frames: number;
  readonly batch: number;
  readonly device: Device;
};

type Pair = { readonly visual: Tensor<"float32">; readonly mel: Tensor<"float32">; readonly truth: 0 | 1 };

/** 16 kHz at hop 200 are 80 mel columns a second, at 25 pictures. */
const columnsPerFrame = 80 / 25;

/**
 * A window's sound, and with even odds its own picture or that of any other start in the same clip, be it one frame away
 * (dossier 3.1). The clip gives "frames" [count, channels, height, width], as the network sees them, and "mel" [1, bins, columns].
 */
export function drawPair(
  clip: Example,
  { config, frames }: Pick<SyncNetTaskOptions, "config" | "frames">,
  seed: number,
): Pair {
  const random = randomFrom(seed);
  const [pictures, mel] = [tensorNamed(clip, "frames"), tensorNamed(clip, "mel")];
  const [bins, columns] = config.audioSize;
  const melColumns = mel.dims[2] ?? 0;
  const fits = (startFrame: number) => Math.floor(startFrame * columnsPerFrame) + columns <= melColumns;
  const starts = Array.from({ length: (pictures.dims[0] ?? 0) - frames + 1 }, (_, start) => start).filter(fits);
  assert(starts.length > 1, `a clip of ${pictures.dims[0]} frames has no two windows of ${frames}`);
  const draw = (from: readonly number[]) => from[Math.floor(random.uniform() * from.length)] ?? 0;
  const heard = draw(starts);
  const isTrue = random.uniform() < 0.5;
  const seen = isTrue ? heard : draw(starts.filter((start) => start !== heard));
  const frameLength = pictures.data.length / (pictures.dims[0] ?? 1);
  const visual = pictures.data.slice(seen * frameLength, (seen + frames) * frameLength);
  const sound = new Float32Array(bins * columns);
  const first = Math.floor(heard * columnsPerFrame);
  for (let bin = 0; bin < bins; bin += 1)
    sound.set(mel.data.subarray(bin * melColumns + first, bin * melColumns + first + columns), bin * columns);
  return {
    visual: tensorOf("float32", [config.visual.inChannels, ...config.visualSize], visual),
    mel: tensorOf("float32", [1, bins, columns], sound),
    truth: isTrue ? 1 : 0,
  };
}

const isTrained = (): boolean => true;

/** Outputs: "cross_entropy", "cosine" [batch]. Inputs besides the network's: "truth" [batch]. All weights are inputs. */
function lossGraph({ config, weights, batch }: SyncNetTaskOptions): { readonly network: Graph; readonly loss: Graph } {
  const network = bakeSizes(syncNetGraph({ config, weights }), { batch });
  const open = weightsToInputs(network, isTrained);
  const loss = extendGraph(open, (g) => {
    const cosine = open.outputs.find(({ name }) => name === "cosine")?.value;
    assert(cosine !== undefined, "SyncNet answers with a cosine");
    const entropy = crossEntropy(g, cosine, g.input("truth", "float32", [batch]));
    return { cross_entropy: entropy, objective: g.mul(entropy, g.input("loss_scale", "float32", [])) };
  });
  return { network, loss };
}

const only = (graph: Graph, isKept: (name: string) => boolean): Graph =>
  rebuild({ ...graph, outputs: graph.outputs.filter(({ name }) => isKept(name)) }, () => undefined);

export async function openSyncNetTask(options: SyncNetTaskOptions): Promise<TrainingTask> {
  const { device } = options;
  const { network, loss } = lossGraph(options);
  const weights = trainedWeights(network, isTrained);
  const asked = { loss: "objective", of: weights.map(({ key }) => key) };
  const plan = planRecomputation(loss, { ...asked, budgetBytes: device.memoryBudgetBytes });
  const gradients = unscaledGradients(backward(loss, { ...asked, recompute: plan.blockOf }), asked.of);
  await using stack = new AsyncDisposableStack();
  const isWanted = (name: string) => name === "cross_entropy" || name.startsWith("grad/");
  const back = stack.use(await openGraph(only(gradients, isWanted), device));
  const forward = stack.use(
    await openGraph(
      only(loss, (name) => name === "cross_entropy" || name === "cosine"),
      device,
    ),
  );
  const kept = stack.move();
  const feedsOf = (examples: readonly DrawnExample[]) =>
    feedsOfPairs(examples.map(({ example, seed }) => drawPair(example, options, seed)));
  return {
    trained: new Map(weights.map(({ key, dims }) => [key, dims])),
    recomputation: { blocks: plan.blocks.length, keptBytes: plan.keptBytes, chosenBytes: plan.chosenBytes },
    initial: () => initialParameters(weights),
    gradients: async ({ parameters, examples, lossScale }) => {
      const scale = { loss_scale: floats([], [lossScale]) };
      const answers = await back.run({ ...feedsOf(examples), ...parameters, ...scale });
      const entropy = numberNamed(answers, "cross_entropy");
      const entries = weights.map(({ key }) => [key, answerNamed(answers, gradientName(key)).data] as const);
      return { losses: { cross_entropy: entropy, total: entropy }, gradients: Object.fromEntries(entries) };
    },
    losses: async ({ parameters, examples }) => {
      const feeds = feedsOf(examples);
      const answers = await forward.run({ ...feeds, ...parameters, loss_scale: floats([], [1]) });
      const entropy = numberNamed(answers, "cross_entropy");
      const cosines = answerNamed(answers, "cosine").data;
      const right = cosines.reduce(
        (sum, cosine, i) => sum + Number(cosine > 0.5 === (feeds.truth.data[i] ?? 0) > 0.5),
        0,
      );
      return { losses: { cross_entropy: entropy, accuracy: right / cosines.length, total: entropy } };
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

function feedsOfPairs(pairs: readonly Pair[]) {
  const stack = (pick: (pair: Pair) => Tensor<"float32">): Tensor<"float32"> => {
    const [first] = pairs;
    assert(first !== undefined, "a batch has pairs");
    const { dims, data } = pick(first);
    const joined = new Float32Array(pairs.length * data.length);
    pairs.forEach((pair, index) => joined.set(pick(pair).data, index * data.length));
    return tensorOf("float32", [pairs.length, ...dims], joined);
  };
  return {
    visual: stack(({ visual }) => visual),
    mel: stack(({ mel }) => mel),
    truth: floats(
      [pairs.length],
      pairs.map(({ truth }) => truth),
    ),
  };
}
