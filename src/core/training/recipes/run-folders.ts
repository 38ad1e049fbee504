// The runs of a machine: a folder each, with what was ordered, what was logged and what was learnt.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { refused } from "../../../shared/failure/index.ts";
import { makeFolderDurably, writeFileDurably } from "../../base/index.ts";
import { readSteps } from "../loop/curves.ts";
import type { StepLine } from "../loop/curves.ts";
import { runOrderSchema } from "./run-recipe.ts";
import type { RunOrder } from "./run-recipe.ts";

const recordSchema = z.strictObject({ format: z.literal(1), startedAt: z.iso.datetime(), order: runOrderSchema });
type RunRecord = z.infer<typeof recordSchema>;

const recordName = "run.json";
export const runLockName = "lock";
/** A lock is touched every few seconds by whoever holds it. */
const silentAfterMs = 60_000;

export type Run = RunRecord & {
  readonly name: string;
  readonly folder: string;
  readonly lines: readonly StepLine[];
  readonly resultPath: string | undefined;
};

/** Makes the run's folder; refuses a name that is taken. */
export async function createRun(runsFolder: string, name: string, record: Omit<RunRecord, "format">): Promise<string> {
  const folder = path.join(runsFolder, name);
  if (existsSync(folder))
    throw refused("training.run-exists", {
      message: `There is a run "${name}" already.`,
      hint: "Resume it, or choose another name.",
      details: { run: name },
    });
  await makeFolderDurably(folder);
  await writeRun(folder, record);
  return folder;
}

const writeRun = (folder: string, record: Omit<RunRecord, "format">): Promise<void> =>
  writeFileDurably(path.join(folder, recordName), `${JSON.stringify({ format: 1, ...record }, undefined, 2)}\n`);

/** Writes an order anew, such as with more steps. */
export const rewriteRun = ({ folder, startedAt }: Run, order: RunOrder): Promise<void> =>
  writeRun(folder, { startedAt, order });

/** "stage2", "stage2-2", "stage2-3" ...: the first that is free. */
export function freeRunName(runsFolder: string, wanted: string): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wanted : `${wanted}-${number}`;
    if (!existsSync(path.join(runsFolder, name))) return name;
  }
}

export function readRun(runsFolder: string, name: string): Run {
  const folder = path.join(runsFolder, name);
  const known = listNames(runsFolder);
  if (!known.includes(name))
    throw refused("training.unknown-run", {
      message: `There is no run "${name}".`,
      hint: known.length > 0 ? `Runs: ${known.join(", ")}.` : "Nothing has been trained on this machine yet.",
      details: { run: name },
    });
  const record = recordSchema.parse(JSON.parse(readFileSync(path.join(folder, recordName), "utf8")));
  const resultPath = path.join(folder, "result.safetensors");
  return {
    ...record,
    name,
    folder,
    lines: readSteps(path.join(folder, "log.jsonl")),
    resultPath: existsSync(resultPath) ? resultPath : undefined,
  };
}

function listNames(runsFolder: string): readonly string[] {
  if (!existsSync(runsFolder)) return [];
  const entries = readdirSync(runsFolder, { withFileTypes: true });
  return entries.flatMap((entry) =>
    entry.isDirectory() && existsSync(path.join(runsFolder, entry.name, recordName)) ? [entry.name] : [],
  );
}

/** Latest first. */
export const readRuns = (runsFolder: string): readonly Run[] =>
  listNames(runsFolder)
    .map((name) => readRun(runsFolder, name))
    .toSorted((a, b) => b.startedAt.localeCompare(a.startedAt));

/** Whether a process of this machine is at work on the run. */
export function isRunning({ folder }: Run, nowMs: number): boolean {
  const lock = path.join(folder, runLockName);
  return existsSync(lock) && nowMs - statSync(lock).mtimeMs < silentAfterMs;
}
