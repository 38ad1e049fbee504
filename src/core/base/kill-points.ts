// Named steps at which a test can kill this very process, so that "what if it dies here" is enumerated and not hoped.
import { appendFileSync, closeSync, openSync } from "node:fs";

// DUBWRIGHT_KILL_AT=name:count  SIGKILLs this process when it passes `name` for the count-th time (1 = the first).
// DUBWRIGHT_KILL_TRACE=path     appends the name of every passed point to a file, which is how a test learns all steps.
// DUBWRIGHT_KILL_MARK=path      dies only if it can create that file, so that of many processes one dies once, and the
//                               file proves that the fault was fired.
const target = parseKillTarget(process.env["DUBWRIGHT_KILL_AT"]);
const tracePath = process.env["DUBWRIGHT_KILL_TRACE"];
const markPath = process.env["DUBWRIGHT_KILL_MARK"];
const passes = new Map<string, number>();

type KillTarget = { readonly name: string; readonly count: number };

/** "jobs.piece.renamed:2" -> that name at its second pass; undefined when unset or without a positive count. */
export function parseKillTarget(text: string | undefined): KillTarget | undefined {
  const match = /^(.+):([1-9]\d*)$/.exec(text ?? "");
  return match?.[1] === undefined ? undefined : { name: match[1], count: Number(match[2]) };
}

/** A step worth dying at. Does nothing unless one of the variables above is set. */
export function killPoint(name: string): void {
  if (target === undefined && tracePath === undefined) return;
  const passCount = (passes.get(name) ?? 0) + 1;
  passes.set(name, passCount);
  if (tracePath !== undefined) appendFileSync(tracePath, `${name}\n`);
  if (target?.name === name && target.count === passCount && markFirst()) process.kill(process.pid, "SIGKILL");
}

function markFirst(): boolean {
  if (markPath === undefined) return true;
  try {
    closeSync(openSync(markPath, "wx"));
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}
