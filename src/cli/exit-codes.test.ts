// How a command's failure is told to a person and to a program.
import { expect, test } from "vitest";
import { refused } from "../shared/failure/index.ts";
import { exitCodes, tellFailure } from "./exit-codes.ts";
import type { Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

function told(error: unknown, isJson: boolean) {
  const lines: string[] = [];
  const terminal = { say: (text: string) => lines.push(text), print: (line: string) => lines.push(line) };
  const exitCode = tellFailure(error, { terminal: terminal as unknown as Terminal, isJson });
  return { exitCode, text: lines.join("") };
}

test("a value that an operation does not take is told in the words of the command", () => {
  const issues = ["language: expected a language tag such as de or pt-BR"];
  const error = refused("contract.bad-input", { message: "m", details: { name: "project.language", issues } });
  expect(told(error, false)).toEqual({
    exitCode: exitCodes.usage,
    text: `${issues[0]}\nSee: dubwright help project language\n`,
  });
});

test("with --json a command that makes no sense is told as JSON too", () => {
  const { exitCode, text } = told(new UsageError("There is no such command."), true);
  expect(exitCode).toBe(exitCodes.usage);
  expect(JSON.parse(text)).toMatchObject({ failure: { code: "cli.usage", message: "There is no such command." } });
});
