// The pair "prepare once, then step" against the network in one piece, on ONNX Runtime; and the arithmetic it saves.
import { beforeAll, describe, expect, test } from "vitest";
import { assert } from "../../../shared/failure/index.ts";
import { randomFrom, silentLogger } from "../../base/index.ts";
import { encodeModel, multiplyAddsOf, openRuntime, variantOf, weightsInMemory } from "../../onnx/index.ts";
import type { Graph, Runtime, Session, Weights } from "../../onnx/index.ts";
import { concat, elementCount, expectTensor, int64s, relativeError, zeros } from "../../tensor/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { sharedVectors } from "../../../../test/support/shared-folder.ts";
import { below, openTensorFile, weightsOf } from "../../weights/index.ts";
import { parametersOf } from "../parameters.ts";
import { unetConfigOf } from "../vectors/reference-config.ts";
import { efficientUnet, latentSyncUnet, stage1Unet, unet10 } from "./unet-config.ts";
import type { UnetConfig } from "./unet-config.ts";
import { unetPrepareGraph } from "./unet-prepare.ts";
import { unetStepGraph } from "./unet-step.ts";
import { unetGraph } from "./unet.ts";
import { unetStepFeeds } from "./window-pair.ts";
import type { StepState } from "./window-pair.ts";

let runtime: Runtime;
beforeAll(async () => {
  runtime = await openRuntime({ role: "test", logger: silentLogger });
});

const random = randomFrom(11);
function noise(dims: readonly number[], size = 1): Tensor<"float32"> {
  const data = Float32Array.from({ length: elementCount(dims) }, () => size * (2 * random.uniform() - 1));
  return { dtype: "float32", dims, data };
}

/** Small, and no two sizes alike that could be taken for each other. */
const narrow = {
  levelChannels: [8, 16, 24],
  layersPerLevel: 1,
  audioWidth: 10,
  heads: 2,
  motionHeads: 4,
  normGroups: 4,
};

/** Seeded weights of a network, scaled by fan-in so that nothing explodes. */
function randomWeights(config: UnetConfig): Weights {
  const asked = parametersOf((weights) => unetGraph({ config, weights }));
  const tensors = [...asked].map(([key, dims]) => {
    const fanIn = elementCount(dims.slice(1));
    return [key, noise(dims, dims.length > 1 ? Math.sqrt(3 / fanIn) : 0.5)] as const;
  });
  return weightsInMemory(Object.fromEntries(tensors));
}

const [batch, frames, tokens, height, width] = [2, 3, 5, 8, 16];
const timesteps = [951, 1];

/** Opens each graph once and runs it as often as asked. */
async function open(stack: AsyncDisposableStack, graph: Graph) {
  const model = await encodeModel(variantOf(graph, { lowering: "cpu" }));
  const options = { providers: ["cpu"], threads: 1 } as const;
  return stack.use(await runtime.openSession(graph.name, model, options));
}

const inputNames = (session: Session): readonly string[] => session.contract.inputs.map(({ name }) => name);

const difference = (found: Tensor | undefined, expected: Tensor | undefined): number =>
  found && expected ? relativeError(found, expected) : NaN;

type Network = { readonly config: UnetConfig; readonly weights: Weights };

/** The network in one piece and the pair, over one window of two items, and what the window has before its first step. */
async function openWindow(stack: AsyncDisposableStack, { config, weights }: Network) {
  const step = (guidance: "guided" | "unguided", depth: "full" | "shallow") =>
    open(stack, unetStepGraph({ config, weights, guidance, depth }));
  const latents = noise([batch, config.outChannels, frames, height, width]);
  const condition = noise([batch, config.inChannels - config.outChannels, frames, height, width]);
  const audio = noise([batch * frames, tokens, config.audioWidth]);
  const whole = await open(stack, unetGraph({ config, weights }));
  const sample = concat([latents, condition], 1);
  const runWhole = (hearing: Tensor, timestep: number) =>
    whole.run({ sample, timestep: int64s([1], [timestep]), audio: hearing });
  const prepare = await open(stack, unetPrepareGraph({ config, weights }));
  const prepared = await prepare.run({ condition, audio, timesteps: int64s([timesteps.length], timesteps) });
  const runStep = (session: Session, state: Omit<StepState, "latents">) =>
    session.run(unetStepFeeds(inputNames(session), prepared, { latents, ...state }));
  return { audio, runWhole, step, runStep };
}

/** Reference weights, where they are beside the checkout: a checkpoint's and its network's configuration. */
function referenceNetwork(stack: AsyncDisposableStack, name: string): Network | undefined {
  const [checkpoint, vectors] = [sharedVectors(`${name}.pt`), sharedVectors(`${name}.vectors.safetensors`)];
  if (checkpoint === undefined || vectors === undefined) return undefined;
  const { scalars } = stack.use(openTensorFile(vectors));
  const weights = weightsOf(below(stack.use(openTensorFile(checkpoint)), "state_dict."), { dtype: "float32" });
  return { config: unetConfigOf(JSON.parse(String(scalars.get("config"))), weights.keys()), weights };
}

const randomNetwork = (config: UnetConfig) => (): Network => ({ config, weights: randomWeights(config) });

type Source = (stack: AsyncDisposableStack) => Network | undefined;

const networks: readonly (readonly [string, Source])[] = [
  ["1.6", randomNetwork({ ...latentSyncUnet, ...narrow })],
  ["the efficient recipe", randomNetwork({ ...efficientUnet, ...narrow })],
  ["1.0", randomNetwork({ ...unet10, ...narrow })],
  ["the reference's stage 1", (stack) => referenceNetwork(stack, "unet-stage1")],
  ["the reference's stage 2", (stack) => referenceNetwork(stack, "unet-stage2")],
  ["the reference's efficient recipe", (stack) => referenceNetwork(stack, "unet-efficient")],
];

/** The pair rounds in another order. Reference networks amplify rounding: float32 itself is up to 9e-6 from doubles there. */
const bounds = { random: 1e-6, reference: 3e-6 } as const;

test.for(networks)(
  "the prepared steps of %s give what the network in one piece gives",
  { timeout: 60_000 },
  async ([name, networkOf], { skip }) => {
    await using stack = new AsyncDisposableStack();
    const network = networkOf(stack) ?? skip("the reference checkpoints are not beside the checkout");
    const bound = name.includes("reference") ? bounds.reference : bounds.random;
    const { audio, runWhole, step, runStep } = await openWindow(stack, network);
    const [guided, unguided] = [await step("guided", "full"), await step("unguided", "full")];
    for (const [stepIndex, timestep] of timesteps.entries()) {
      const [both, one] = [await runStep(guided, { stepIndex }), await runStep(unguided, { stepIndex })];
      const { noise: heard } = await runWhole(audio, timestep);
      const { noise: silent } = await runWhole(zeros("float32", audio.dims), timestep);
      expect(difference(both["noise"], heard)).toBeLessThan(bound);
      expect(difference(both["noise_without_audio"], silent)).toBeLessThan(bound);
      expect(difference(one["noise"], heard)).toBeLessThan(bound);
      expect(difference(heard, silent)).toBeGreaterThan(1e-4);
    }
  },
);

const oldAndNew = [networks[0], networks[2]].filter((entry) => entry !== undefined);

describe.each(oldAndNew)("a shallow step of %s", (_, networkOf) => {
  test.for(["guided", "unguided"] as const)(
    "gives the %s noise of the full step whose features it takes; over an earlier step's, another",
    { timeout: 60_000 },
    async (guidance) => {
      await using stack = new AsyncDisposableStack();
      const network = networkOf(stack);
      assert(network, "a random network is always there");
      const { step, runStep } = await openWindow(stack, network);
      const [full, shallow] = [await step(guidance, "full"), await step(guidance, "shallow")];
      const [earlier, now] = [await runStep(full, { stepIndex: 0 }), await runStep(full, { stepIndex: 1 })];
      const over = ({ deep_features: deepFeatures }: Readonly<Record<string, Tensor>>) =>
        runStep(shallow, { stepIndex: 1, ...(deepFeatures && { deepFeatures }) });
      expect(difference((await over(now))["noise"], now["noise"])).toBeLessThan(1e-6);
      expect(difference((await over(earlier))["noise"], now["noise"])).toBeGreaterThan(1e-4);
    },
  );
});

test("every tensor of a checkpoint is read by one half of the pair or the other", () => {
  const config = latentSyncUnet;
  const whole = parametersOf((weights) => unetGraph({ config, weights }));
  const pair = parametersOf((weights) => [
    unetPrepareGraph({ config, weights }),
    unetStepGraph({ config, weights, guidance: "guided", depth: "full" }),
  ]);
  expect(pair).toEqual(whole);
});

/** Teraflops of 16 frames at 256 and 512 pixels, one branch in one piece: dossier 1.14. */
const publishedWork: readonly (readonly [string, UnetConfig, number, number])[] = [
  ["1.6", latentSyncUnet, 4.05, 17.63],
  ["stage 1", stage1Unet, 2.84, 12.8],
  ["the efficient recipe", efficientUnet, 3.57, 15.7],
];

const unborn: Weights = {
  keys: () => [],
  find: (key, dims = []) => ({ key, dtype: "float32", dims, read: () => expect.fail(`${key} is only described`) }),
};
const teraflops = (graph: Graph, side: number): number =>
  (2 * multiplyAddsOf(graph, { batch: 1, frames: 16, height: side, width: side, tokens: 50, steps: 20 })) / 1e12;

test.each(publishedWork)("%s takes the published work", (_, config, at256, at512) => {
  const whole = unetGraph({ config, weights: unborn });
  expect(teraflops(whole, 4)).toBeCloseTo(at256, 1.95);
  expect(teraflops(whole, 8)).toBeCloseTo(at512, 1.95);
});

test("a guided step saves 3 % of two branches, and a shallow one takes 6.6 % of a full one", () => {
  const work = (guidance: "guided" | "unguided", depth: "full" | "shallow") =>
    teraflops(unetStepGraph({ config: latentSyncUnet, weights: unborn, guidance, depth }), 4);
  const whole = teraflops(unetGraph({ config: latentSyncUnet, weights: unborn }), 4);
  expect(work("guided", "full") / (2 * whole)).toBeCloseTo(0.97, 3);
  expect(work("guided", "shallow") / work("guided", "full")).toBeCloseTo(0.0657, 4);
  expect(teraflops(unetPrepareGraph({ config: latentSyncUnet, weights: unborn }), 4)).toBeCloseTo(0.017, 3);
});

test("a step without the deep features it needs is told so", () => {
  const inputs = ["latents", "time_shift", "deep_features"];
  const prepared = { time_shifts: zeros("float32", [2, 4]) };
  const latents = zeros("float32", [1]);
  expect(() => unetStepFeeds(inputs, prepared, { latents, stepIndex: 0 })).toThrow(/a step needs deep_features/);
  expect(
    expectTensor(
      "row",
      unetStepFeeds(["time_shift"], prepared, { latents, stepIndex: 1 })["time_shift"] ?? latents,
      "float32",
      [1, 4],
    ).data,
  ).toHaveLength(4);
});
