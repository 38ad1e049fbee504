// Handlers of training: recipes, runs and their curves; the work itself is a job.
import { readFile, writeFile } from "node:fs/promises";
import { totalmem } from "node:os";
import { join, resolve } from "node:path";
import type { AnswerOf, Handlers, InputOf } from "../../../shared/contract/index.ts";
import { refused } from "../../../shared/failure/index.ts";
import { writeFileDurably } from "../../base/index.ts";
import { hasEnded } from "../../jobs/index.ts";
import type { JsonValue } from "../../jobs/index.ts";
import {
  createRun,
  freeRunName,
  isRunning,
  neededModels,
  parseRecipe,
  plotCurves,
  readRun,
  readRuns,
  recipeNamed,
  recipes,
  rewriteRun,
  stopFileName,
} from "../../training/index.ts";
import type { ModelPlaces, Recipe, Run, RunOrder } from "../../training/index.ts";
import { readStoredModels, requireTrainedFor, weightsPathOf } from "../../weights/index.ts";
import { isoTime } from "../job-summaries.ts";
import type { HandlerTools } from "./handler-tools.ts";

type Names = "train.recipes" | "train.run" | "train.list" | "train.resume" | "train.stop" | "train.plot";

export function trainingHandlers(tools: HandlerTools): Pick<Handlers, Names> {
  const { appData } = tools.tools.folders;
  const [runsFolder, storeFolder] = [join(appData, "training"), join(appData, "models")];
  const runJob = (name: string, order: RunOrder) => enqueue(tools, name, order);
  return {
    "train.recipes": async () => ({ recipes: recipes.map(described) }),
    "train.run": async (input) => {
      const given = await recipeOf(input.recipe);
      const recipe = withSteps(given, input.steps);
      const name = input.name ?? freeRunName(runsFolder, recipe.name);
      const order: RunOrder = {
        recipe,
        dataFolder: resolve(input.data),
        runFolder: join(runsFolder, name),
        models: await modelsFor(recipe, storeFolder),
        provider: input.provider,
        threads: null,
        memoryBudgetBytes: budgetOf(input),
      };
      await createRun(runsFolder, name, { startedAt: isoTime(tools.clock.nowMs()), order });
      return await runJob(name, order);
    },
    "train.list": async () => {
      const nowMs = tools.clock.nowMs();
      return { folder: runsFolder, runs: readRuns(runsFolder).map((run) => summaryOf(run, nowMs)) };
    },
    "train.resume": async ({ run: name, steps }) => {
      const run = readRun(runsFolder, name);
      const order = { ...run.order, recipe: withSteps(run.order.recipe, steps) };
      if (steps !== undefined) await rewriteRun(run, order);
      return await runJob(name, order);
    },
    "train.stop": async ({ run: name }) => {
      const run = readRun(runsFolder, name);
      const wasRunning = isRunning(run, tools.clock.nowMs());
      if (wasRunning) await writeFileDurably(join(run.folder, stopFileName), "");
      return { run: name, wasRunning };
    },
    "train.plot": async ({ run: name, out }) => {
      const run = readRun(runsFolder, name);
      const path = out === undefined ? join(run.folder, "curves.svg") : resolve(out);
      await writeFile(path, plotCurves(`${name}: ${run.order.recipe.title}`, run.lines));
      return { path, steps: run.lines.length };
    },
  };
}

const described = (recipe: Recipe): AnswerOf<"train.recipes">["recipes"][number] => ({
  name: recipe.name,
  title: recipe.title,
  says: recipe.says,
  steps: recipe.loop.steps,
  examplesPerStep: recipe.loop.examplesPerStep,
  needs: [...neededModels(recipe).values()].map((networks) => [...networks]),
});

const withSteps = (recipe: Recipe, steps: number | undefined): Recipe =>
  steps === undefined ? recipe : { ...recipe, loop: { ...recipe.loop, steps } };

/** Half of the memory: the system, the editor and the weights want the rest. */
const budgetOf = ({ memoryGigabytes }: InputOf<"train.run">): number =>
  memoryGigabytes === undefined ? Math.floor(totalmem() / 2) : memoryGigabytes * 1e9;

/** By name, or from a file where there is a sign of a path in it. */
async function recipeOf(given: string): Promise<Recipe> {
  if (!/[./\\]/.test(given)) return recipeNamed(given);
  const path = resolve(given);
  try {
    return parseRecipe(JSON.parse(await readFile(path, "utf8")), path);
  } catch (cause) {
    if (cause instanceof SyntaxError)
      throw refused("training.wrong-recipe", { message: `${path} is no JSON: ${cause.message}.`, cause });
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT")
      throw refused("training.unknown-recipe", { message: `There is no recipe file ${path}.`, cause });
    throw cause;
  }
}

/** For each role the stored model that fills it; refuses with everything that is missing at once. */
async function modelsFor(recipe: Recipe, storeFolder: string): Promise<ModelPlaces> {
  const { models } = await readStoredModels(storeFolder);
  const needed = [...neededModels(recipe)];
  const found = needed.map(([role, networks]) => {
    const wanted = networks.flatMap((network) => models.filter((model) => model.network === network));
    return [role, wanted.find(({ dtype }) => dtype === "float32") ?? wanted[0], networks] as const;
  });
  const missing = found.flatMap(([, model, networks]) => (model ? [] : [networks.join(" or ")]));
  if (missing.length > 0)
    throw refused("training.model-missing", {
      message: `The recipe "${recipe.name}" needs models that are not on this machine: ${missing.join("; ")}.`,
      hint: "See models list; fetch or import them first.",
      details: { missing },
    });
  const denoiser = found.find(([role]) => role === "denoiser")?.[1];
  if (denoiser && recipe.task.kind === "denoiser") requireTrainedFor(denoiser, recipe.task.sizePx);
  const places = found.flatMap(([role, model]) =>
    model ? [[role, { path: weightsPathOf(storeFolder, model), config: model.config }] as const] : [],
  );
  return Object.fromEntries(places);
}

function summaryOf(run: Run, nowMs: number): AnswerOf<"train.list">["runs"][number] {
  const last = run.lines.at(-1);
  const step = last === undefined ? 0 : last.step + 1;
  const { steps } = run.order.recipe.loop;
  const validations = run.lines.flatMap(({ validation }) => (validation === null ? [] : [validation]));
  return {
    run: run.name,
    recipe: run.order.recipe.name,
    state: isRunning(run, nowMs) ? "running" : step >= steps ? "done" : "stopped",
    step,
    steps,
    loss: last?.losses["total"] ?? null,
    validation: validations.at(-1) ?? null,
    secondsPerStep: last?.seconds ?? null,
    startedAt: run.startedAt,
    resultPath: run.resultPath ?? null,
  };
}

/** One job at a time for each run: whoever asks again is told of the one that runs. */
async function enqueue({ appJobs, random }: HandlerTools, name: string, order: RunOrder) {
  const { scheduler } = await appJobs.start();
  const labels = { title: name, run: name };
  const active = scheduler.list({ kinds: ["train.run"], labels }).find((job) => !hasEnded(job));
  if (active) return { jobId: active.jobId };
  const jobId = `job-${Buffer.from(random.bytes(10)).toString("hex")}`;
  // An order is JSON by its schema.
  const input = JSON.parse(JSON.stringify(order)) as JsonValue;
  scheduler.enqueue({ jobId, kind: "train.run", resourceClass: "compute", input, labels, maxAttempts: 3 });
  return { jobId };
}
