// Recipes and runs as a terminal shows them.
import type { AnswerOf } from "../../shared/contract/index.ts";
import { columns, momentText } from "./layout.ts";

type Recipe = AnswerOf<"train.recipes">["recipes"][number];
type Run = AnswerOf<"train.list">["runs"][number];

const needsText = ({ needs }: Recipe): string =>
  needs.length === 0 ? "no model" : needs.map((networks) => networks.join(" or ")).join(", ");

export const recipeLines = ({ recipes }: AnswerOf<"train.recipes">): readonly string[] =>
  recipes.flatMap((recipe) => [
    `${recipe.name}: ${recipe.title}`,
    `  ${recipe.says}`,
    `  ${recipe.steps} steps of ${recipe.examplesPerStep}; needs ${needsText(recipe)}`,
    "",
  ]);

const lossText = (loss: number | null): string => (loss === null ? "" : loss.toPrecision(4));

function leftText({ state, step, steps, secondsPerStep }: Run): string {
  if (state === "done" || secondsPerStep === null) return "";
  const minutes = Math.ceil(((steps - step) * secondsPerStep) / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.ceil(minutes / 60)} h`;
}

export const runLines = ({ folder, runs }: AnswerOf<"train.list">): readonly string[] =>
  runs.length === 0
    ? [`Nothing has been trained on this machine yet. Runs will lie in ${folder}.`]
    : columns(
        [
          ["Run", "Recipe", "State", "Steps", "Loss", "Held out", "Left", "Begun"],
          ...runs.map((run) => [
            run.run,
            run.recipe,
            run.state,
            `${run.step} of ${run.steps}`,
            lossText(run.loss),
            lossText(run.validation),
            leftText(run),
            momentText(run.startedAt),
          ]),
        ],
        { alignRight: [3, 4, 5, 6] },
      );
