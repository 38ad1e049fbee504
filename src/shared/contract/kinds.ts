// The three kinds of operation. There is no fourth: whatever the product can be asked is one of them.
import { z } from "zod";

type Shape = z.ZodObject;

/** Whether an operation works on the open project, merely tells more when one is open, or has nothing to do with it. */
export type ProjectNeed = "required" | "optional" | "none";

type Common<Input extends Shape, Output extends z.ZodType> = {
  /** What it does, in one English sentence without a full stop: help and reference page print it. */
  readonly says: string;
  readonly project: ProjectNeed;
  readonly input: Input;
  readonly output: Output;
};

/** Reads. Never changes a project; may be asked again at any time. */
export type QueryDefinition<Input extends Shape = Shape, Output extends z.ZodType = z.ZodType> = Common<
  Input,
  Output
> & { readonly kind: "query" };

/**
 * Changes records and yields one diff in one transaction. `undoable` is false for acts that no one would
 * expect "undo" to reach: opening a project, cancelling a job, changing a setting of the application.
 */
export type EditDefinition<Input extends Shape = Shape, Output extends z.ZodType = z.ZodType> = Common<
  Input,
  Output
> & { readonly kind: "edit"; readonly undoable: boolean };

/** Answers at once with a job id; progress and `output` arrive as events and stay in the job's record. */
export type JobDefinition<Input extends Shape = Shape, Output extends z.ZodType = z.ZodType> = Common<Input, Output> & {
  readonly kind: "job";
};

export type OperationDefinition = QueryDefinition | EditDefinition | JobDefinition;

/** "subject.verb" -> definition. The command line says `subject verb`. */
export type ContractTable = Readonly<Record<`${string}.${string}`, OperationDefinition>>;

/** What every job operation answers at once. */
export const jobAnswerSchema = z.strictObject({ jobId: z.string() });

type Text<Input, Output> = {
  readonly says: string;
  /** "required" when missing. */
  readonly project?: ProjectNeed;
  readonly input: Input;
  readonly output: Output;
};

const common = <Input, Output>({ says, project = "required", input, output }: Text<Input, Output>) => ({
  says,
  project,
  input,
  output,
});

export function query<Input extends Shape, Output extends z.ZodType>(
  text: Text<Input, Output>,
): QueryDefinition<Input, Output> {
  return { kind: "query", ...common(text) };
}

export function edit<Input extends Shape, Output extends z.ZodType>(
  text: Text<Input, Output>,
): EditDefinition<Input, Output> {
  return { kind: "edit", undoable: true, ...common(text) };
}

/** An edit outside the undo log. */
export function act<Input extends Shape, Output extends z.ZodType>(
  text: Text<Input, Output>,
): EditDefinition<Input, Output> {
  return { kind: "edit", undoable: false, ...common(text) };
}

export function job<Input extends Shape, Output extends z.ZodType>(
  text: Text<Input, Output>,
): JobDefinition<Input, Output> {
  return { kind: "job", ...common(text) };
}
