// The command line as a function: from what was typed to an exit code.
import { contract } from "../shared/contract/index.ts";
import type { OperationName } from "../shared/contract/index.ts";
import { applicationVersion } from "../core/commands/index.ts";
import { queuing } from "./commands.ts";
import { dub } from "./dub/dub.ts";
import { exitCodes, tellFailure } from "./exit-codes.ts";
import { helpText } from "./help.ts";
import { nameRecords } from "./name-records.ts";
import { openCore, openProjectFor } from "./open-core.ts";
import type { OwnCore } from "./open-core.ts";
import { parseArguments } from "./parse-arguments.ts";
import type { Asked } from "./parse-arguments.ts";
import { describeAnswer } from "./present/answers.ts";
import { asksForResult, describeResult } from "./present/results.ts";
import { runBatch } from "./run-batch.ts";
import { runJobs } from "./run-jobs.ts";
import { serve } from "./serve.ts";
import type { Terminal } from "./terminal.ts";

export async function runCommandLine(terminal: Terminal): Promise<number> {
  const isJson = terminal.args.includes("--json");
  try {
    return await answer(terminal, parseArguments(terminal.args));
  } catch (error) {
    return tellFailure(error, { terminal, isJson });
  }
}

async function answer(terminal: Terminal, asked: Asked): Promise<number> {
  if (asked.type === "help") terminal.print(helpText(asked.about));
  else if (asked.type === "version") terminal.print(applicationVersion);
  else if (asked.type === "operation") return await runOperation(terminal, asked);
  else if (asked.name === "serve") {
    const { port, open } = asked.values;
    return await serve(terminal, {
      ...asked,
      port: typeof port === "string" ? port : undefined,
      mayOpen: open === true,
    });
  } else if (asked.name === "dub") return await dub(terminal, asked);
  else return await watchJobs(terminal, asked);
  return exitCodes.done;
}

type OperationAsked = Extract<Asked, { type: "operation" }>;

async function runOperation(terminal: Terminal, asked: OperationAsked): Promise<number> {
  const { project, kind } = contract[asked.name];
  const { isVerbose } = asked;
  const isBatch = queuing.includes(asked.name);
  await using own = openCore({ kind: "cli", jobs: kind === "job" || isBatch ? "run" : "keep", terminal, isVerbose });
  const { workingFolder } = terminal;
  if (project !== "none") await openProjectFor(own, asked, { workingFolder, need: project });
  const inputs: unknown[] = [];
  for (const input of asked.inputs) inputs.push(project === "required" ? await nameRecords(own.client, input) : input);
  if (isBatch) return await runBatch(terminal, { ...asked, inputs }, own.client);
  if (kind === "job") return await startJobs(terminal, { ...asked, inputs }, own);
  let exitCode: number = exitCodes.done;
  for (const input of inputs) {
    const output = await callByName(own, asked.name, input);
    if (asked.isJson) terminal.print(JSON.stringify(output));
    else for (const line of describeAnswer(asked.name, output)) terminal.print(line);
    if (isMissingSomething(output)) exitCode = exitCodes.refused;
  }
  return exitCode;
}

/** The table pairs each name with its own input, which the compiler cannot follow through a union. */
const callByName = ({ client }: OwnCore, name: OperationName, input: unknown): Promise<unknown> =>
  (client.operations[name] as unknown as (input: unknown) => Promise<unknown>)(input);

/** A doctor who found something missing has found that the user can act. */
const isMissingSomething = (output: unknown): boolean =>
  typeof output === "object" &&
  output !== null &&
  "findings" in output &&
  Array.isArray(output.findings) &&
  output.findings.some((finding: { state?: unknown }) => finding.state === "missing");

async function startJobs(terminal: Terminal, asked: OperationAsked, own: OwnCore): Promise<number> {
  const ours = new Set<string>();
  let refusedCode: number = exitCodes.done;
  for (const input of asked.inputs) {
    try {
      const { jobId } = (await callByName(own, asked.name, input)) as { jobId: string };
      ours.add(jobId);
    } catch (error) {
      // The other files are worth having all the same.
      refusedCode = Math.max(refusedCode, tellFailure(error, { terminal, isJson: asked.isJson }));
    }
  }
  const { isJson } = asked;
  const isAnswer = asksForResult(asked.name);
  const isOurs = ({ jobId }: { readonly jobId: string }) => ours.has(jobId);
  const jobsCode = await runJobs({ client: own.client, terminal, isJson, isOurs, isQuiet: isJson && isAnswer });
  if (isAnswer) await printResults(terminal, asked, { own, jobIds: [...ours] });
  return Math.max(refusedCode, jobsCode);
}

/** Where the result is what was asked for, it is printed: alone with --json, after the job's lines without. */
async function printResults(
  terminal: Terminal,
  { name, isJson }: OperationAsked,
  { own, jobIds }: { readonly own: OwnCore; readonly jobIds: readonly string[] },
): Promise<void> {
  for (const jobId of jobIds) {
    const { job } = await own.client.operations["jobs.get"]({ jobId });
    if (job.state === "failed" && job.failure !== null && isJson)
      terminal.print(JSON.stringify({ failure: job.failure }));
    if (job.state !== "done") continue;
    if (isJson) terminal.print(JSON.stringify(job.result));
    else for (const line of describeResult(name, job.result)) terminal.print(line);
  }
}

async function watchJobs(terminal: Terminal, asked: Extract<Asked, { type: "own" }>): Promise<number> {
  const { isJson, isVerbose } = asked;
  await using own = openCore({ kind: "cli", jobs: "run", terminal, isVerbose });
  await openProjectFor(own, asked, { workingFolder: terminal.workingFolder, need: "required" });
  const { jobs } = await own.client.operations["jobs.list"]({ states: ["queued", "running", "paused"], limit: 1000 });
  if (jobs.length === 0 && !isJson) terminal.print("No job is left to do.");
  const ours = new Set(jobs.map(({ jobId }) => jobId));
  return await runJobs({ client: own.client, terminal, isJson, isOurs: ({ jobId }) => ours.has(jobId) });
}
