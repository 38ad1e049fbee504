// A batch from the terminal: what stands against it is told first, every file is worked on to its end, the report is written.
import type { Client, OperationName } from "../shared/contract/index.ts";
import { exitCodes } from "./exit-codes.ts";
import { plannedLines, reportLines } from "./present/exports.ts";
import { runJobs } from "./run-jobs.ts";
import type { Terminal } from "./terminal.ts";

type BatchAsked = { readonly name: OperationName; readonly inputs: readonly unknown[]; readonly isJson: boolean };

/** Exits as refused where a file was held back, and as the worst of its jobs otherwise. */
export async function runBatch(terminal: Terminal, asked: BatchAsked, client: Client): Promise<number> {
  const { isJson } = asked;
  let exitCode: number = exitCodes.done;
  for (const input of asked.inputs) {
    const { jobIds, isHeld } = await queue(terminal, { ...asked, input }, client);
    if (isHeld) exitCode = Math.max(exitCode, exitCodes.refused);
    if (jobIds.length === 0) continue;
    const ours = new Set(jobIds);
    const isOurs = ({ jobId }: { readonly jobId: string }) => ours.has(jobId);
    exitCode = Math.max(exitCode, await runJobs({ client, terminal, isJson, isOurs }));
    const report = await client.operations["export.report"]({ jobIds: [...jobIds] });
    if (isJson) terminal.print(JSON.stringify(report));
    else for (const line of reportLines(report)) terminal.print(line);
  }
  return exitCode;
}

type Queued = { readonly jobIds: readonly string[]; readonly isHeld: boolean };

async function queue(
  terminal: Terminal,
  { name, input, isJson }: Omit<BatchAsked, "inputs"> & { readonly input: unknown },
  { operations }: Client,
): Promise<Queued> {
  if (name === "export.retry") {
    const answer = await operations["export.retry"](input as Parameters<Client["operations"]["export.retry"]>[0]);
    if (isJson) terminal.print(JSON.stringify(answer));
    else terminal.print(answer.jobIds.length === 0 ? "Nothing is to be made again." : `${answer.jobIds.length} again.`);
    return { jobIds: answer.jobIds, isHeld: false };
  }
  // What was typed is checked by the contract, as every operation's input is.
  const planned = await operations["export.run"](input as Parameters<Client["operations"]["export.run"]>[0]);
  if (isJson) terminal.print(JSON.stringify(planned));
  else for (const line of plannedLines(planned)) terminal.print(line);
  const isHeld = planned.cells.some(({ problems }) => problems.some(({ weight }) => weight === "blocks"));
  return { jobIds: planned.cells.flatMap(({ jobId }) => jobId ?? []), isHeld };
}
