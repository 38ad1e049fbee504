// The files a recipe's networks come from, and which of them a recipe needs at all.
import { z } from "zod";
import { refused } from "../../../shared/failure/index.ts";
import { openTensorFile, joinWeights, weightsOf } from "../../weights/index.ts";
import type { Weights } from "../../onnx/index.ts";
import type { Recipe } from "./recipe.ts";

/** A file of weights and the sizes of its network, as the model store keeps them. */
const modelPlace = z.strictObject({ path: z.string(), config: z.json() });

export const modelPlacesSchema = z.strictObject({
  denoiser: modelPlace.optional(),
  decoder: modelPlace.optional(),
  sync: modelPlace.optional(),
  vgg: modelPlace.optional(),
  lpipsLinear: modelPlace.optional(),
  videomae: modelPlace.optional(),
});
export type ModelPlaces = z.infer<typeof modelPlacesSchema>;
export type ModelRole = keyof ModelPlaces;

/** Role -> the networks of the store that can fill it, the first that is there being taken. */
export function neededModels({ task }: Recipe): ReadonlyMap<ModelRole, readonly string[]> {
  const needed = new Map<ModelRole, readonly string[]>();
  if (task.kind === "syncnet") return needed;
  const { sync, likeness, temporal } = task.losses.pictures;
  const seesPixels = likeness.weight > 0 || temporal.weight > 0 || (sync.weight > 0 && sync.space === "pixels");
  if (task.start.from === "model") needed.set("denoiser", task.start.networks);
  if (seesPixels) needed.set("decoder", ["sd-vae"]);
  if (sync.weight > 0) needed.set("sync", ["stable-syncnet-attention", "stable-syncnet-plain"]);
  if (likeness.weight > 0) needed.set("vgg", ["vgg16-features"]).set("lpipsLinear", ["lpips-linear"]);
  if (temporal.weight > 0) needed.set("videomae", ["videomae-giant"]);
  return needed;
}

export type OpenModels = Disposable & {
  /** Weights of the roles, in float32, and the configuration of the first. Refuses a role that was not given. */
  readonly open: (...roles: readonly ModelRole[]) => { readonly config: unknown; readonly weights: Weights };
};

/** Files stay open as long as their weights may be read. */
export function openModels(places: ModelPlaces): OpenModels {
  const stack = new DisposableStack();
  return {
    open: (...roles) => {
      const found = roles.map((role) => placeOf(places, role));
      const sources = found.map(({ path }) => weightsOf(stack.use(openTensorFile(path)), { dtype: "float32" }));
      return { config: found[0]?.config, weights: joinWeights(...sources) };
    },
    [Symbol.dispose]: () => stack[Symbol.dispose](),
  };
}

function placeOf(places: ModelPlaces, role: ModelRole) {
  const place = places[role];
  if (place) return place;
  throw refused("training.model-missing", {
    message: `The recipe needs a model for "${role}", and none was given.`,
    hint: "See models list; fetch or import what is missing.",
    details: { role },
  });
}
