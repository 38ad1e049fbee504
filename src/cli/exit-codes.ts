// How a process ends, and with which words.
import { toFailureData } from "../shared/failure/index.ts";
import type { FailureData } from "../shared/failure/index.ts";
import type { Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

export const exitCodes = { done: 0, refused: 1, usage: 2, failed: 3, interrupted: 130 } as const;

type Telling = { readonly terminal: Terminal; readonly isJson: boolean };

/** Tells what went wrong and answers the exit code. */
export function tellFailure(error: unknown, { terminal, isJson }: Telling): number {
  if (error instanceof UsageError) {
    const { message, hint } = error;
    if (isJson)
      terminal.print(JSON.stringify({ failure: { kind: "refused", code: "cli.usage", message, hint, details: {} } }));
    else terminal.say(`${error.message}${error.hint === "" ? "" : ` ${error.hint}`}\nSee: dubwright --help\n`);
    return exitCodes.usage;
  }
  const failure = toFailureData(error);
  if (isJson) terminal.print(JSON.stringify({ failure }));
  else terminal.say(failureLines(failure));
  return exitCodeOf(failure);
}

/** What the contract says to programs is said to a person in the words of the command. */
function failureLines({ code, message, hint, details }: FailureData): string {
  const { name, issues } = details;
  if (code === "contract.bad-input" && typeof name === "string" && Array.isArray(issues))
    return `${issues.map(String).join("\n")}\nSee: dubwright help ${name.replace(".", " ")}\n`;
  return `${message}\n${hint === "" ? "" : `${hint}\n`}`;
}

/** Input that the contract doesn't take was typed wrongly. */
export const exitCodeOf = ({ kind, code }: FailureData): number =>
  code === "contract.bad-input" ? exitCodes.usage : exitCodes[kind];
