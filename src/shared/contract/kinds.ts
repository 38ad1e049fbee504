// The three kinds of operation. There is no fourth: whatever the product can be asked is one of them.
import { z } from "zod";

type Shape = z.ZodObject;

/** Reads. Never changes a project; may be asked again at any time. */
export type QueryDefinition<Input extends Shape = Shape, Output extends z.ZodType = z.ZodType> = {
  readonly kind: "query";
  readonly says: string;
  readonly input: Input;
  readonly output: Output;
};

/**
 * Changes records and yields one diff in one transaction. `undoable` is false for acts that no one would
 * expect "undo" to reach: opening a project, cancelling a job, changing a setting of the application.
 */
export type EditDefinition<Input extends Shape = Shape, Output extends z.ZodType = z.ZodType> = {
  readonly kind: "edit";
  readonly says: string;
  readonly undoable: boolean;
  readonly input: Input;
  readonly output: Output;
};

/** Answers at once with a job id; progress and `output` arrive as events and stay in the job's record. */
export type JobDefinition<Input extends Shape = Shape, Output extends z.ZodType = z.ZodType> = {
  readonly kind: "job";
  readonly says: string;
  readonly input: Input;
  readonly output: Output;
};

export type OperationDefinition = QueryDefinition | EditDefinition | JobDefinition;

/** "subject.verb" -> definition. The command line says `subject verb`. */
export type ContractTable = Readonly<Record<`${string}.${string}`, OperationDefinition>>;

/** What every job operation answers at once. */
export const jobAnswerSchema = z.strictObject({ jobId: z.string() });

type Text<Input, Output> = { readonly says: string; readonly input: Input; readonly output: Output };

export function query<Input extends Shape, Output extends z.ZodType>(
  text: Text<Input, Output>,
): QueryDefinition<Input, Output> {
  return { kind: "query", ...text };
}

export function edit<Input extends Shape, Output extends z.ZodType>(
  text: Text<Input, Output>,
): EditDefinition<Input, Output> {
  return { kind: "edit", undoable: true, ...text };
}

/** An edit outside the undo log. */
export function act<Input extends Shape, Output extends z.ZodType>(
  text: Text<Input, Output>,
): EditDefinition<Input, Output> {
  return { kind: "edit", undoable: false, ...text };
}

export function job<Input extends Shape, Output extends z.ZodType>(
  text: Text<Input, Output>,
): JobDefinition<Input, Output> {
  return { kind: "job", ...text };
}
