// The models on this machine that can make takes.
import { useModels } from "../models/use-models.ts";
import type { StoredModel } from "../models/use-models.ts";

/** A whole model in one file, or the U-Net of a published release, which its other parts go with. */
const canMakeTakes = ({ network }: StoredModel): boolean => network === "lipsync-model" || network.includes("unet");

export function useDubbingModels(): readonly StoredModel[] {
  const { list } = useModels();
  if (!list) return [];
  return [...list.models.flatMap(({ stored }) => stored), ...list.own].filter(canMakeTakes);
}
