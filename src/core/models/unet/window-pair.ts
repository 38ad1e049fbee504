// What passes from the graph that runs once per window to the one that runs once per step: names, sizes, feeds.
import { assert } from "../../../shared/failure/index.ts";
import { sliceRows } from "../../tensor/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { parametersOf } from "../parameters.ts";
import type { UnetConfig } from "./unet-config.ts";
import { unetGraph } from "./unet.ts";

/** Outputs of `unetPrepareGraph`; K and V stand for each audio attention under its key in the checkpoint. */
export type PreparedName = "condition_features" | "time_shifts" | `${string}.keys` | `${string}.values`;

/** What a window has before its first step. */
export type PreparedWindow = Readonly<Record<PreparedName, Tensor>>;

/** What changes from step to step. */
export type StepState = {
  /** [batch, 4, frames, height, width]. */
  readonly latents: Tensor;
  /** Which of the prepared timesteps. */
  readonly stepIndex: number;
  /** For a shallow step: `deep_features` of the last full one. */
  readonly deepFeatures?: Tensor;
};

/** Feeds of a step graph, of which it takes those that its depth needs: `inputNames` from the graph or its session. */
export function unetStepFeeds(
  inputNames: readonly string[],
  prepared: Readonly<Record<string, Tensor>>,
  { latents, stepIndex, deepFeatures }: StepState,
): Readonly<Record<string, Tensor>> {
  const shifts = prepared["time_shifts"];
  assert(shifts, "the prepared window has time shifts");
  const known: Readonly<Record<string, Tensor | undefined>> = {
    ...prepared,
    latents,
    time_shift: sliceRows(shifts, stepIndex, stepIndex + 1),
    deep_features: deepFeatures,
  };
  return Object.fromEntries(
    inputNames.map((name) => {
      const tensor = known[name];
      assert(tensor, `a step needs ${name}`);
      return [name, tensor];
    }),
  );
}

/** Where one residual block's channels stand in a row of time shifts. */
export type ShiftPlace = { readonly path: string; readonly channels: number; readonly from: number };

/** Where an audio attention stands, and how wide its keys and values are. */
export type HearingPlace = { readonly path: string; readonly width: number };

export type Places = {
  readonly shifts: readonly ShiftPlace[];
  readonly shiftWidth: number;
  readonly hearings: readonly HearingPlace[];
};

/** Read off the network's own definition, in its order. */
export function placesOf(config: UnetConfig): Places {
  const asked = [...parametersOf((weights) => unetGraph({ config, weights }))];
  const ending = (end: string) =>
    asked.flatMap(([key, [channels = 0]]) =>
      key.endsWith(end) ? [{ path: key.slice(0, -end.length), channels }] : [],
    );
  let shiftWidth = 0;
  const shifts = ending(".time_emb_proj.weight").map(({ path, channels }) => {
    const place = { path, channels, from: shiftWidth };
    shiftWidth += channels;
    return place;
  });
  const hearings = ending(`.${config.audioKeys.attention}.to_k.weight`).map(({ path, channels }) => ({
    path: `${path}.${config.audioKeys.attention}`,
    width: channels,
  }));
  return { shifts, shiftWidth, hearings };
}
