// Opens sessions: the best provider that works, within a memory budget, in a process that may be lost with it.
import type { InferenceSession } from "onnxruntime-node";
import { DubError, assert, refused } from "../../../shared/failure/index.ts";
import { systemClock } from "../../base/index.ts";
import type { Clock, Logger } from "../../base/index.ts";
import { floats, zeros } from "../../tensor/index.ts";
import { graph } from "../build/graph-builder.ts";
import { checkModelFile } from "../proto/read-model.ts";
import { encodeModel } from "../proto/write-model.ts";
import { runtimeFailure, runtimeText } from "./failures.ts";
import { withFallBack } from "./fall-back.ts";
import type { OpenNext } from "./fall-back.ts";
import type { MemoryEstimate } from "./memory.ts";
import type { Backend, ProviderName, ProviderReport } from "./providers.ts";
import { isProviderName, preferredProviders, ruleOut, tooSlow } from "./providers.ts";
import type { Session } from "./session.ts";
import { sessionOver } from "./session.ts";

/**
 * Where this process stands. A run blocks its process, cannot be cancelled, and takes the process down when a driver
 * crashes: only a worker, which its owner may kill and replace, may open sessions; tests and benchmarks say that they do.
 */
export type ProcessRole = "worker" | "test" | "bench";

export type RuntimeOptions = {
  readonly role: ProcessRole;
  readonly logger: Logger;
  /** Where ONNX Runtime comes from; tests hand one that fails the way devices do. */
  readonly library?: () => Promise<OrtLibrary>;
  /** Times the trial of each device. */
  readonly clock?: Clock;
};

/** A path, which finds its data file by itself and is mapped, or bytes. */
export type ModelSource = string | Uint8Array;

export type OpenOptions = {
  /** In order of preference; CPU is always the last resort unless `fallBack` is "never". */
  readonly providers?: readonly ProviderName[];
  readonly fallBack?: "next" | "never";
  /** Which of several GPUs (CUDA, DirectML). */
  readonly deviceId?: number;
  /** Threads of one operator: physical cores. One heavy session at a time; two of them halve each other's speed. */
  readonly threads?: number;
  /** Refused before loading when the estimate is above the budget. */
  readonly memory?: { readonly budgetBytes: number; readonly estimate: MemoryEstimate };
  /** Options of the C interface by their dotted names: {"session.disable_cpu_ep_fallback": "1"}. */
  readonly extra?: Readonly<Record<string, string>>;
  /**
   * "none" opens a graph as it is written. The runtime's own rewriting takes a time that grows faster than the graph: a training
   * step of 28,000 nodes opens in 6 s without it and in 64 s with it (ONNX Runtime 1.30, 2 cores, busy).
   */
  readonly optimise?: "all" | "none";
  /**
   * "returned" gives a run's memory back when it ends, for sessions that take turns: training goes through several large ones.
   * "kept" is faster for one that runs again and again.
   */
  readonly memoryBetweenRuns?: "kept" | "returned";
  /** Turned off optimisers, for graphs that repeat work on purpose (gradient checkpointing). */
  readonly disabledOptimisers?: readonly string[];
  /** Record where nodes run into files that begin with this path; read by `takePlacement`. */
  readonly profilePrefix?: string;
};

export type Runtime = {
  /** Every provider in order of preference, tried once on this machine. */
  readonly providers: () => Promise<readonly ProviderReport[]>;
  /**
   * Opens the variant that `model` names for the first provider that works. `label` stands in messages. Unless `fallBack` is
   * "never", a run whose device fails goes on with the next provider, so `model` may be asked again later.
   */
  readonly openSession: (
    label: string,
    model: ModelSource | ((provider: ProviderName) => ModelSource | Promise<ModelSource>),
    options?: OpenOptions,
  ) => Promise<Session>;
};

/** What this room uses of ONNX Runtime's Node binding. */
export type OrtLibrary = Pick<
  typeof import("onnxruntime-node"),
  "InferenceSession" | "Tensor" | "listSupportedBackends"
>;

/** WebGPU plans its own buffers; the arena's plan of open shapes costs more than it saves there. */
const providerSettings = (provider: ProviderName, deviceId: number): InferenceSession.ExecutionProviderConfig =>
  provider === "cuda" || provider === "tensorrt" || provider === "dml" ? { name: provider, deviceId } : provider;

export function sessionOptions(provider: ProviderName, options: OpenOptions): InferenceSession.SessionOptions {
  const { threads, extra = {}, disabledOptimisers = [], profilePrefix, deviceId = 0, optimise = "all" } = options;
  const returns = options.memoryBetweenRuns === "returned";
  return {
    executionProviders: [providerSettings(provider, deviceId)],
    graphOptimizationLevel: optimise === "none" ? "disabled" : "all",
    logSeverityLevel: 3,
    enableMemPattern: provider !== "webgpu" && provider !== "dml" && !returns,
    ...(returns && { enableCpuMemArena: false }),
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    ...(profilePrefix === undefined ? {} : { enableProfiling: true, profileFilePrefix: profilePrefix }),
    extra: {
      // Waiting threads sleep: a spinning pool takes a core from the editor for nothing.
      "session.intra_op.allow_spinning": "0",
      // The same input gives the same take.
      "session.use_deterministic_compute": "1",
      ...(disabledOptimisers.length === 0
        ? {}
        : { "optimization.disable_specified_optimizers": disabledOptimisers.join(";") }),
      ...extra,
    },
  };
}

function checkBudget(label: string, { memory }: OpenOptions): void {
  if (memory === undefined || memory.estimate.totalBytes <= memory.budgetBytes) return;
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  throw refused("onnx.over-budget", {
    message: `${label} needs about ${gigabytes(memory.estimate.totalBytes)}; ${gigabytes(memory.budgetBytes)} are set aside for it.`,
    hint: "Choose a smaller size, fewer frames at once, or half precision.",
    details: { ...memory.estimate, budgetBytes: memory.budgetBytes },
  });
}

const trialWidth = 512;

/** y = x + x, to see that the device computes, and p = a a, to see how fast. */
const trialModel = () =>
  encodeModel(
    graph("trial", (g) => {
      const x = g.input("x", "float32", [2]);
      const a = g.input("a", "float32", [trialWidth, trialWidth]);
      return { y: g.add(x, x), p: g.reduceSum(g.matMul(a, a), [0, 1], "drop") };
    }),
  );

type Trial = ProviderReport & { readonly productMs: number };

async function tryProvider(ort: OrtLibrary, provider: ProviderName, clock: Clock): Promise<Trial> {
  const backends: readonly Backend[] = ort.listSupportedBackends();
  const ruledOut = ruleOut(provider, backends);
  const failedTrial = (reason: string): Trial => ({ provider, available: false, reason, productMs: Infinity });
  if (ruledOut !== undefined) return failedTrial(ruledOut);
  try {
    const session = await ort.InferenceSession.create(await trialModel(), sessionOptions(provider, {}));
    await using trial = sessionOver({
      ort,
      session,
      label: "trial",
      provider,
      passedOver: [],
      profilePrefix: undefined,
    });
    const feeds = { x: floats([2], [1, 2]), a: zeros("float32", [trialWidth, trialWidth]) };
    const { y } = await trial.run(feeds);
    if (y?.data[0] !== 2 || y.data[1] !== 4) return failedTrial("It computes 1 + 1 wrongly.");
    // The first run has compiled what the second one needs.
    const startMs = clock.monotonicMs();
    await trial.run(feeds);
    return { provider, available: true, reason: "", productMs: clock.monotonicMs() - startMs };
  } catch (thrown) {
    const failure = thrown instanceof DubError ? thrown : runtimeFailure(thrown, { provider });
    return failedTrial(`${failure.message} ${runtimeText(failure)}`.trim());
  }
}

/** The runtime of this process; loads ONNX Runtime's library. Say which kind of process this is. */
export async function openRuntime({ role, logger, library, clock = systemClock }: RuntimeOptions): Promise<Runtime> {
  const roles: readonly string[] = ["worker", "test", "bench"] satisfies readonly ProcessRole[];
  assert(roles.includes(role), `sessions open in worker processes only, not in "${role}"`);
  const ort = await (library ?? (() => import("onnxruntime-node")))();
  const log = logger.child("core/onnx");
  const trials = new Map<ProviderName, Promise<Trial>>();
  const trialOf = (provider: ProviderName): Promise<Trial> => {
    const trial = trials.get(provider) ?? tryProvider(ort, provider, clock);
    trials.set(provider, trial);
    return trial;
  };
  const report = async (provider: ProviderName): Promise<ProviderReport> => {
    const { available, reason } = await trialOf(provider);
    return { provider, available, reason };
  };
  /** As the report; and of several that were offered, a device that the CPU outruns is not taken. */
  const judge = async (provider: ProviderName, choice: "offered" | "insisted"): Promise<ProviderReport> => {
    const known = await report(provider);
    if (!known.available || provider === "cpu" || choice === "insisted") return known;
    const reason = tooSlow((await trialOf(provider)).productMs, (await trialOf("cpu")).productMs);
    return reason === undefined ? known : { provider, available: false, reason };
  };
  return {
    providers: () => Promise.all([...preferredProviders, "tensorrt" as const].filter(isProviderName).map(report)),
    openSession: async (label, model, options = {}) => {
      checkBudget(label, options);
      const wanted = options.providers ?? preferredProviders;
      if (options.fallBack === "never") return await openFirst({ ort, label, model, options, judge, log }, wanted, []);
      const candidates = [...wanted.filter((name) => name !== "cpu"), "cpu" as const];
      const openNext: OpenNext = (passedOver) => {
        const rest = candidates.filter((name) => passedOver.every(({ provider }) => provider !== name));
        return openFirst({ ort, label, model, options, judge, log }, rest, passedOver);
      };
      return withFallBack(await openNext([]), openNext);
    },
  };
}

type Opening = Omit<Attempt, "provider" | "passedOver"> & {
  readonly judge: (provider: ProviderName, choice: "offered" | "insisted") => Promise<ProviderReport>;
  readonly log: Logger;
};

/** Opens on the first candidate that works; `earlier` are those that were given up before. */
async function openFirst(
  { judge, log, ...opening }: Opening,
  candidates: readonly ProviderName[],
  earlier: readonly ProviderReport[],
): Promise<Session> {
  const { label, options } = opening;
  const passedOver = [...earlier];
  for (const { provider, reason } of earlier) log.warn(`${label} leaves ${provider}`, { provider, reason });
  for (const provider of candidates) {
    const known = await judge(provider, options.fallBack === "never" ? "insisted" : "offered");
    const opened = known.available ? await tryOpen({ ...opening, provider, passedOver }) : known;
    if (!("reason" in opened)) return opened;
    log.info(`${provider} is passed over for ${label}`, { provider, reason: opened.reason });
    passedOver.push(opened);
  }
  throw refused("onnx.no-provider", {
    message: `No device can run ${label}: ${passedOver.map(({ provider, reason }) => `${provider}: ${reason}`).join(" ")}`,
    hint: "Choose another device or a smaller size.",
    details: { passedOver },
  });
}

type Attempt = {
  readonly ort: OrtLibrary;
  readonly label: string;
  readonly model: Parameters<Runtime["openSession"]>[1];
  readonly provider: ProviderName;
  readonly options: OpenOptions;
  readonly passedOver: readonly ProviderReport[];
};

/** The session, or why this provider cannot have it. A model that is wrong is wrong everywhere and throws. */
async function tryOpen({
  ort,
  label,
  model,
  provider,
  options,
  passedOver,
}: Attempt): Promise<Session | ProviderReport> {
  const source = typeof model === "function" ? await model(provider) : model;
  const settings = sessionOptions(provider, options);
  if (typeof source === "string") await checkModelFile(source);
  try {
    // A path lets the runtime map the data file beside it: no copy, and no 2 GiB limit of a buffer.
    const session = await (typeof source === "string"
      ? ort.InferenceSession.create(source, settings)
      : ort.InferenceSession.create(source, settings));
    return sessionOver({
      ort,
      session,
      label,
      provider,
      passedOver: [...passedOver],
      profilePrefix: options.profilePrefix,
    });
  } catch (thrown) {
    const failure = runtimeFailure(thrown, { model: label, provider });
    if (failure.code === "onnx.invalid-model" || provider === "cpu" || options.fallBack === "never") throw failure;
    return { provider, available: false, reason: `${failure.message} ${runtimeText(failure)}` };
  }
}
