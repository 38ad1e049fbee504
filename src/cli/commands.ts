// What can be said on the command line: every operation as "subject verb", and a few words of the terminal's own.
import { contract, operationNames } from "../shared/contract/index.ts";
import type { OperationName } from "../shared/contract/index.ts";

/** Short words for what is said often. */
export const aliases: Readonly<Record<string, OperationName>> = {
  undo: "history.undo",
  redo: "history.redo",
  doctor: "app.doctor",
  render: "render.range",
};

/** What the terminal adds: it waits, or stays. */
export const ownCommands = {
  "jobs watch": { says: "Work on the project's jobs and show them until none is left to do", options: {} },
  serve: {
    says: "Serve the editor to browsers of this machine until interrupted",
    options: {
      port: { type: "string", placeholder: "NUMBER", says: "Any free one when missing" },
      open: { type: "boolean", placeholder: "", says: "Open the browser" },
    },
  },
} as const;

export type OwnCommand = keyof typeof ownCommands;

/** Values that a terminal can guess and a page must say. */
export const terminalDefaults: { readonly [Name in OperationName]?: Readonly<Record<string, string>> } = {
  "project.create": { folder: "." },
  "app.browse": { folder: "." },
};

export const subjects: readonly string[] = [...new Set(operationNames.map((name) => name.split(".")[0] ?? ""))];

export const isOperation = (name: string): name is OperationName =>
  Object.hasOwn(contract, name) && !notTyped.some((hidden) => hidden === name);

export const isOwnCommand = (name: string): name is OwnCommand => Object.hasOwn(ownCommands, name);

/** What makes no sense where every command opens a project and closes it again. */
const notTyped: readonly OperationName[] = ["project.close"];

export const operationsOf = (subject: string): readonly OperationName[] =>
  operationNames.filter((name) => name.startsWith(`${subject}.`) && !notTyped.includes(name));

/** "media.import" as it is typed. */
export const wordsOf = (name: OperationName): string => name.replace(".", " ");
