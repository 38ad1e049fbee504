// Operations of training: recipes, runs, their curves. A run belongs to this machine, not to a project.
import { z } from "zod";
import { act, job, query } from "./kinds.ts";

const nothing = z.strictObject({});
const run = z.string().min(1).max(120).describe("A run's name, as train list says it");
const provider = z
  .enum(["cpu", "cuda", "tensorrt", "dml", "coreml", "webgpu"])
  .default("cpu")
  .describe("What computes");
const memoryGigabytes = z
  .number()
  .positive()
  .max(4096)
  .optional()
  .describe(
    "What a step may use at most; blocks are computed again to stay below it. Half of the machine's memory unless said",
  );

const outcome = z.strictObject({
  run: z.string(),
  why: z.enum(["all-steps", "no-better", "stopped"]),
  step: z.int().nonnegative(),
  bestValidation: z.number().nullable(),
  resultPath: z.string(),
});

const runState = z.strictObject({
  run: z.string(),
  recipe: z.string(),
  state: z.enum(["running", "stopped", "done"]),
  step: z.int().nonnegative(),
  steps: z.int().positive(),
  /** Of the last step that was logged; null before the first. */
  loss: z.number().nullable(),
  validation: z.number().nullable(),
  secondsPerStep: z.number().nullable(),
  startedAt: z.iso.datetime(),
  resultPath: z.string().nullable(),
});

export const trainingOperations = {
  "train.recipes": query({
    says: "Recipes that come with the application, with what each is for and needs",
    project: "none",
    input: nothing,
    output: z.strictObject({
      recipes: z.array(
        z.strictObject({
          name: z.string(),
          title: z.string(),
          says: z.string(),
          steps: z.int().positive(),
          examplesPerStep: z.int().positive(),
          /** Networks that must be stored on this machine; one of each group is enough. */
          needs: z.array(z.array(z.string())),
        }),
      ),
    }),
  }),
  "train.run": job({
    says: "Train by a recipe on a folder of prepared clips; what is learnt is kept step by step",
    project: "none",
    input: z.strictObject({
      recipe: z.string().min(1).max(4096).describe("A recipe's name, or the path of a recipe file of your own"),
      data: z.string().min(1).max(4096).describe("A folder of prepared clips"),
      name: z
        .string()
        .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/)
        .optional()
        .describe("What to call the run; the recipe's name and a number unless said"),
      steps: z.int().positive().optional().describe("In place of the recipe's own number of steps"),
      provider,
      memoryGigabytes,
    }),
    output: outcome,
  }),
  "train.list": query({
    says: "Runs of this machine, latest first",
    project: "none",
    input: nothing,
    output: z.strictObject({ folder: z.string(), runs: z.array(runState) }),
  }),
  "train.resume": job({
    says: "Go on with a run from its latest checkpoint, as if it had never been interrupted",
    project: "none",
    input: z.strictObject({ run, steps: z.int().positive().optional().describe("A new number of steps in all") }),
    output: outcome,
  }),
  "train.stop": act({
    says: "Ask a run to write where it stands after its present step, and to end; it can be resumed",
    project: "none",
    input: z.strictObject({ run }),
    output: z.strictObject({ run: z.string(), wasRunning: z.boolean() }),
  }),
  "train.plot": act({
    says: "Draw the curves of a run as an SVG picture",
    project: "none",
    input: z.strictObject({
      run,
      out: z.string().min(1).max(4096).optional().describe("Where to; curves.svg in the run's folder unless said"),
    }),
    output: z.strictObject({ path: z.string(), steps: z.int().nonnegative() }),
  }),
};
