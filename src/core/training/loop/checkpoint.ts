// Checkpoints: everything a run goes on from, whole or not there at all.
import { existsSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { DubError, refused } from "../../../shared/failure/index.ts";
import { diskFailure, makeFolderDurably, renameDurably } from "../../base/index.ts";
import { weightOf } from "../../onnx/index.ts";
import { openTensorFile, readTensor, writeSafetensors } from "../../weights/index.ts";
import type { TensorFile } from "../../weights/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import type { Parameters } from "../tasks/task.ts";
import { stateKinds } from "./trained-state.ts";
import type { TrainedState } from "./trained-state.ts";

/**
 * Where a run stands, apart from its tensors. No random numbers are kept: what a step draws follows from the seed and the
 * step's number, and so do the examples it reads.
 */
export const standingSchema = z.strictObject({
  /** Steps done; the next one has this number. */
  step: z.int().nonnegative(),
  /** Steps whose gradients were finite and were taken. */
  updates: z.int().nonnegative(),
  seed: z.int().nonnegative(),
  lossScale: z.number().positive(),
  /** Steps since the loss scale changed. */
  steadySteps: z.int().nonnegative(),
  skippedInARow: z.int().nonnegative(),
  /** Memory may have made them fewer than the recipe says. */
  examplesAtOnce: z.int().positive(),
  bestValidation: z.number().nullable(),
  validationsSinceBest: z.int().nonnegative(),
});
export type Standing = z.infer<typeof standingSchema>;

export type Checkpoint = { readonly standing: Standing; readonly state: TrainedState };

export type CheckpointFolder = {
  readonly folder: string;
  /** Names the recipe and what it trains; a checkpoint of another is refused. */
  readonly fingerprint: string;
};

const fileName = (step: number): string => `step-${String(step).padStart(8, "0")}.safetensors`;
const namePattern = /^step-(\d{8,})\.safetensors$/;
const keptCheckpoints = 2;

/** Written beside its place, forced to the disk, renamed; then the oldest ones go. A crash leaves what was there before. */
export async function writeCheckpoint(at: CheckpointFolder, { standing, state }: Checkpoint): Promise<string> {
  await makeFolderDurably(at.folder);
  const file = path.join(at.folder, fileName(standing.step));
  const partial = `${file}.partial`;
  rmSync(partial, { force: true });
  // Where no average is kept it is the parameters themselves, which are written once.
  const kinds = stateKinds.filter((kind) => kind !== "average" || state.average !== state.parameter);
  const weights = kinds.flatMap((kind) =>
    Object.entries(state[kind]).map(([key, tensor]) => weightOf(`${kind}/${key}`, tensor)),
  );
  const metadata = { kind: "dubwright-checkpoint", fingerprint: at.fingerprint, standing: JSON.stringify(standing) };
  try {
    await writeSafetensors(partial, weights, { metadata });
  } catch (cause) {
    rmSync(partial, { force: true });
    throw diskFailure("write", file, cause);
  }
  await renameDurably(partial, file);
  for (const old of stepsIn(at.folder).slice(keptCheckpoints)) rmSync(path.join(at.folder, fileName(old)));
  return file;
}

const bestName = "best.safetensors";

/** The moving average at the moment of the best validation, as it will be kept. */
export async function writeBest(at: CheckpointFolder, { standing, state }: Checkpoint): Promise<void> {
  await makeFolderDurably(at.folder);
  const [file, partial] = [path.join(at.folder, bestName), path.join(at.folder, `${bestName}.partial`)];
  rmSync(partial, { force: true });
  const weights = Object.entries(state.average).map(([key, tensor]) => weightOf(key, tensor));
  const metadata = { kind: "dubwright-best", fingerprint: at.fingerprint, step: String(standing.step) };
  await writeSafetensors(partial, weights, { metadata });
  await renameDurably(partial, file);
}

export type Kept = { readonly step: number; readonly tensors: Parameters };

/** What a run has learnt: as of its best validation, or as it stands where nothing was held out. */
export function keptOf({ folder, fingerprint }: CheckpointFolder, { standing, state }: Checkpoint): Kept {
  const file = path.join(folder, bestName);
  const asItStands = { step: standing.step, tensors: state.average };
  if (standing.bestValidation === null || !existsSync(file)) return asItStands;
  using opened = openTensorFile(file);
  if (opened.scalars.get("fingerprint") !== fingerprint) throw otherRun(file, "it belongs to another recipe");
  const entries = Object.entries(state.average).map(([key, { dims }]) => [
    key,
    readPart(opened, { file, name: key, dims }),
  ]);
  return { step: Number(opened.scalars.get("step")), tensors: Object.fromEntries(entries) as Parameters };
}

/** Steps of the checkpoints that are there, latest first. */
function stepsIn(folder: string): readonly number[] {
  const names = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [entry.name] : []));
  const steps = names.flatMap((name) => namePattern.exec(name)?.[1] ?? []);
  return steps.map(Number).toSorted((a, b) => b - a);
}

export type FoundCheckpoint = Checkpoint & {
  /** Later ones that could not be read, with the reason. */
  readonly passedOver: readonly { readonly file: string; readonly why: string }[];
};

/**
 * The latest checkpoint that can be read, or undefined where there is none yet. Refuses one of another recipe or of tensors of
 * other shapes: to begin anew over it would lose it.
 */
export function readLatestCheckpoint(
  { folder, fingerprint }: CheckpointFolder,
  trained: ReadonlyMap<string, readonly number[]>,
): FoundCheckpoint | undefined {
  const passedOver: { file: string; why: string }[] = [];
  for (const step of existing(folder)) {
    const file = path.join(folder, fileName(step));
    try {
      return { ...readCheckpoint(file, fingerprint, trained), passedOver };
    } catch (error) {
      if (!(error instanceof DubError) || error.code.startsWith("training.")) throw error;
      passedOver.push({ file, why: error.message });
    }
  }
  if (passedOver.length === 0) return undefined;
  throw refused("training.checkpoints-damaged", {
    message: `None of the run's ${passedOver.length} checkpoints can be read: ${passedOver[0]?.why}`,
    hint: "Restore the folder from a backup, or begin a new run.",
    details: { passedOver },
  });
}

const existing = (folder: string): readonly number[] => {
  try {
    return stepsIn(folder);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
};

function readCheckpoint(
  file: string,
  fingerprint: string,
  trained: ReadonlyMap<string, readonly number[]>,
): Checkpoint {
  using opened = openTensorFile(file);
  const found = opened.scalars.get("fingerprint");
  if (found !== fingerprint) throw otherRun(file, "it belongs to another recipe");
  const standing = standingSchema.parse(JSON.parse(String(opened.scalars.get("standing"))));
  const kind = (name: string): Parameters =>
    Object.fromEntries(
      [...trained].map(([key, dims]) => [key, readPart(opened, { file, name: `${name}/${key}`, dims })]),
    );
  const parameter = kind("parameter");
  const keepsAverage = [...opened.entries.keys()].some((name) => name.startsWith("average/"));
  const average = keepsAverage ? kind("average") : parameter;
  const state = { parameter, first: kind("first"), second: kind("second"), average };
  return { standing, state };
}

type Part = { readonly file: string; readonly name: string; readonly dims: readonly number[] };

function readPart(opened: TensorFile, { file, name, dims }: Part): Tensor<"float32"> {
  if (!opened.entries.has(name)) throw otherRun(file, `it has no tensor "${name}"`);
  const tensor = readTensor(opened, name);
  if (tensor.dtype === "float32" && tensor.dims.join() === dims.join()) return tensor;
  throw otherRun(file, `its "${name}" is ${tensor.dtype} [${tensor.dims.join(", ")}] instead of [${dims.join(", ")}]`);
}

const otherRun = (file: string, why: string) =>
  refused("training.other-checkpoint", {
    message: `${file} is no checkpoint of this run: ${why}.`,
    hint: "Begin a new run, or resume with the recipe that the checkpoint was made with.",
    details: { file },
  });
