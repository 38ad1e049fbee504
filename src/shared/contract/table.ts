// The one table: everything the product can be asked to do. Client, handlers, command line and reference derive from it.
import type { z } from "zod";
import { appOperations } from "./app.ts";
import { characterOperations } from "./characters.ts";
import { exportOperations } from "./export.ts";
import { faceOperations } from "./faces.ts";
import { generateOperations } from "./generate.ts";
import { jobOperations } from "./jobs.ts";
import type { ContractTable, EditDefinition, JobDefinition, QueryDefinition } from "./kinds.ts";
import { mediaOperations } from "./media.ts";
import { rescueOperations } from "./rescue.ts";
import { modelOperations } from "./models.ts";
import { projectOperations } from "./project.ts";
import { renderOperations } from "./render.ts";
import { segmentOperations } from "./segments.ts";
import { shotOperations } from "./shots.ts";
import { takeOperations } from "./takes.ts";
import { trainingOperations } from "./training.ts";
import { versionOperations } from "./versions.ts";

export const contract = {
  ...appOperations,
  ...projectOperations,
  ...rescueOperations,
  ...mediaOperations,
  ...shotOperations,
  ...characterOperations,
  ...faceOperations,
  ...versionOperations,
  ...segmentOperations,
  ...generateOperations,
  ...takeOperations,
  ...renderOperations,
  ...exportOperations,
  ...modelOperations,
  ...trainingOperations,
  ...jobOperations,
} as const satisfies ContractTable;

export type Contract = typeof contract;
export type OperationName = keyof Contract;

export const operationNames = Object.keys(contract) as readonly OperationName[];

/** The names of one kind. */
export type NameOfKind<Kind extends "query" | "edit" | "job"> = {
  [Name in OperationName]: Contract[Name]["kind"] extends Kind ? Name : never;
}[OperationName];

/** What a caller passes: before defaults are filled in. */
export type CallerInputOf<Name extends OperationName> = z.input<Contract[Name]["input"]>;

/** What a handler gets: checked, defaults filled in. */
export type InputOf<Name extends OperationName> = z.output<Contract[Name]["input"]>;

/** What a job leaves in its record when it is done. */
export type JobResultOf<Name extends NameOfKind<"job">> =
  Contract[Name] extends JobDefinition<infer _Input, infer Output> ? z.output<Output> : never;

/** What a call answers. Jobs answer with their id at once. */
export type AnswerOf<Name extends OperationName> =
  Contract[Name] extends QueryDefinition<infer _Input, infer Output>
    ? z.output<Output>
    : Contract[Name] extends EditDefinition<infer _EditInput, infer EditOutput>
      ? z.output<EditOutput>
      : { readonly jobId: string };
