// Whether prepared clips are what a recipe needs: told before anything is opened, in words of the data.
import { refused } from "../../../shared/failure/index.ts";
import type { Example } from "../loop/dataset.ts";
import type { Recipe } from "./recipe.ts";
import { melColumnsOf } from "./cut-window.ts";

/** Tensor -> its dims; undefined where any size will do. */
type Needs = Readonly<Record<string, readonly (number | undefined)[]>>;

/** A latent cell is eight pixels wide and high. */
const pixelsOfCell = 8;

/** Of an example as it is read: a window of the recipe's frames for the denoiser, a whole clip for SyncNet. */
function needsOf({ task }: Recipe): Needs {
  if (task.kind === "syncnet") return { frames: [undefined, undefined, undefined, undefined], mel: [1, 80, undefined] };
  const { frames, sizePx, losses } = task;
  const cells = sizePx / pixelsOfCell;
  const { sync, likeness, temporal } = losses.pictures;
  const latents = (channels: number) => [channels, frames, cells, cells];
  const seesPictures = likeness.weight > 0 || temporal.weight > 0;
  return {
    clean: latents(4),
    masked: latents(4),
    reference: latents(4),
    keep: latents(1),
    audio: [frames, undefined, undefined],
    ...(seesPictures && { pictures: [frames, 3, sizePx, sizePx] }),
    ...(sync.weight > 0 && { mel: [1, 80, melColumnsOf(frames)] }),
  };
}

const dimsText = (dims: readonly (number | undefined)[]): string => `[${dims.map((size) => size ?? "any").join(", ")}]`;

/** Refuses an example that lacks a tensor the recipe needs, or has one of other sizes. */
export function requireFittingExample(example: Example, recipe: Recipe): void {
  for (const [name, dims] of Object.entries(needsOf(recipe))) {
    const found = example[name];
    const fits =
      found?.dims.length === dims.length && dims.every((size, axis) => size === undefined || size === found.dims[axis]);
    if (fits) continue;
    throw refused("training.wrong-example", {
      message: `The recipe "${recipe.name}" needs "${name}" ${dimsText(dims)} of each clip; ${found ? `the clips have ${dimsText(found.dims)}` : "the clips have none"}.`,
      hint: "Prepare the footage for this recipe, or choose one that fits the clips.",
      details: { tensor: name, found: found?.dims ?? [] },
    });
  }
}
