// The run's log: one line a step, so that curves can be drawn while it runs and after.
import { appendFileSync, readFileSync } from "node:fs";
import { z } from "zod";
import { writeFileDurably } from "../../base/index.ts";

const stepLineSchema = z.strictObject({
  step: z.int().nonnegative(),
  /** "total" with weights, each part before its weight. */
  losses: z.record(z.string(), z.number()),
  gradientNorm: z.number().nullable(),
  learningRate: z.number(),
  lossScale: z.number(),
  /** Whether the step was left out because a number in it was not finite. */
  skipped: z.boolean(),
  seconds: z.number(),
  examplesPerSecond: z.number(),
  residentBytes: z.number(),
  /** The loss on held-out examples after this step, where it was asked for. */
  validation: z.number().nullable(),
});
export type StepLine = z.infer<typeof stepLineSchema>;

/** Not forced to the disk: what a power cut takes is at most what the next resumption writes again. */
export const appendStep = (file: string, line: StepLine): void => appendFileSync(file, `${JSON.stringify(line)}\n`);

/** All whole lines; a last one that a crash has cut is left out, and so is a number that JSON cannot hold. */
export function readSteps(file: string): readonly StepLine[] {
  const text = textOf(file);
  return text.split("\n").flatMap((line) => {
    const parsed = stepLineSchema.safeParse(parseLine(line));
    return parsed.success ? [parsed.data] : [];
  });
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined; // a torn line says nothing
    throw error;
  }
}

/** Takes out what a run wrote after the checkpoint it goes on from: those steps are done again. */
export async function cutSteps(file: string, beforeStep: number): Promise<void> {
  const kept = readSteps(file).filter(({ step }) => step < beforeStep);
  await writeFileDurably(file, kept.map((line) => `${JSON.stringify(line)}\n`).join(""));
}
