// A folder of prepared clips as a dataset: one safetensors file a clip, its features worked out once.
import { readdirSync } from "node:fs";
import path from "node:path";
import { refused } from "../../../shared/failure/index.ts";
import { openTensorFile, readTensor } from "../../weights/index.ts";
import type { Dataset, Example } from "../loop/dataset.ts";
import { cutWindow } from "./cut-window.ts";

export type PreparedClips = { readonly train: Dataset; readonly validation: Dataset };

const clipName = /\.safetensors$/;

/** Of ten clips one is held out where the folder does not say which are. */
const heldOutEvery = 10;

const filesIn = (folder: string): readonly string[] => {
  try {
    const names = readdirSync(folder).filter((name) => clipName.test(name));
    return names.toSorted().map((name) => path.join(folder, name));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
};

/**
 * FOLDER/train and FOLDER/validation, or FOLDER alone, of which every tenth clip is held out. A window of `frames` is cut out
 * of a clip each time it is read; undefined gives whole clips. Refuses a folder without clips.
 */
export function openPreparedClips(folder: string, frames: number | undefined): PreparedClips {
  const [own, train, validation] = [
    filesIn(folder),
    filesIn(path.join(folder, "train")),
    filesIn(path.join(folder, "validation")),
  ];
  const isSplit = train.length > 0;
  const all = isSplit ? train : own;
  if (all.length === 0)
    throw refused("training.no-clips", {
      message: `${folder} holds no prepared clips: files that end in .safetensors are expected there or in train/.`,
      hint: "Prepare the footage first, or choose the folder that the preparation wrote to.",
      details: { folder },
    });
  const isHeldOut = (index: number) => !isSplit && index % heldOutEvery === heldOutEvery - 1;
  return {
    train: datasetOf(
      all.filter((_, index) => !isHeldOut(index)),
      frames,
    ),
    validation: datasetOf(isSplit ? validation : all.filter((_, index) => isHeldOut(index)), frames),
  };
}

const datasetOf = (files: readonly string[], frames: number | undefined): Dataset => ({
  size: files.length,
  load: (index, random) => {
    const clip = readClip(files[index] ?? "");
    return Promise.resolve(frames === undefined ? clip : cutWindow(clip, frames, random));
  },
});

function readClip(file: string): Example {
  using opened = openTensorFile(file);
  return Object.fromEntries([...opened.entries.keys()].map((name) => [name, readTensor(opened, name)]));
}
