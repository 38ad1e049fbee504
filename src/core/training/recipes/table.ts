// The recipes that come with the application, each a file of its own in assets/recipes.
import syncnet from "../../../../assets/recipes/syncnet.json" with { type: "json" };
import syncnetPlain from "../../../../assets/recipes/syncnet-plain.json" with { type: "json" };
import syncnetLatent from "../../../../assets/recipes/syncnet-latent.json" with { type: "json" };
import syncnet5 from "../../../../assets/recipes/syncnet-5.json" with { type: "json" };
import syncnet25 from "../../../../assets/recipes/syncnet-25.json" with { type: "json" };
import stage1 from "../../../../assets/recipes/stage1.json" with { type: "json" };
import stage2 from "../../../../assets/recipes/stage2.json" with { type: "json" };
import stage2512 from "../../../../assets/recipes/stage2-512.json" with { type: "json" };
import stage2Efficient from "../../../../assets/recipes/stage2-efficient.json" with { type: "json" };
import adapter from "../../../../assets/recipes/adapter.json" with { type: "json" };
import adapterQuick from "../../../../assets/recipes/adapter-quick.json" with { type: "json" };
import small from "../../../../assets/recipes/small.json" with { type: "json" };
import { refused } from "../../../shared/failure/index.ts";
import { parseRecipe } from "./recipe.ts";
import type { Recipe } from "./recipe.ts";

const files: readonly unknown[] = [
  syncnet,
  syncnetPlain,
  syncnetLatent,
  syncnet5,
  syncnet25,
  stage1,
  stage2,
  stage2512,
  stage2Efficient,
  adapter,
  adapterQuick,
  small,
];

export const recipes: readonly Recipe[] = files.map((file, index) => parseRecipe(file, `recipe ${index + 1}`));

/** A recipe of the application by its name. */
export function recipeNamed(name: string): Recipe {
  const found = recipes.find((recipe) => recipe.name === name);
  if (found) return found;
  throw refused("training.unknown-recipe", {
    message: `There is no recipe "${name}".`,
    hint: `Recipes: ${recipes.map((recipe) => recipe.name).join(", ")}. A file of your own is given by its path.`,
    details: { name },
  });
}
