// How a job and its pieces lie in columns: one table, from which reading, writing and changing derive.
import type { Job, JsonValue } from "../../../shared/project/index.ts";

type ColumnKind = "plain" | "json";

/** Labels and dependencies are rows of their own tables. `undefined` is NULL; JSON's null is the text `null`. */
export const jobColumns = {
  jobId: "plain",
  kind: "plain",
  resourceClass: "plain",
  priority: "plain",
  state: "plain",
  reason: "plain",
  input: "json",
  result: "json",
  error: "json",
  attempts: "plain",
  maxAttempts: "plain",
  notBeforeMs: "plain",
  leaseOwner: "plain",
  leaseUntilMs: "plain",
  fenceToken: "plain",
  progress: "json",
  createdMs: "plain",
  startedMs: "plain",
  finishedMs: "plain",
} as const satisfies Record<Exclude<keyof Job, "labels" | "dependsOn">, ColumnKind>;

export type JobField = keyof typeof jobColumns;

export const jobFields = Object.keys(jobColumns) as readonly JobField[];

export function encodeJobValue(field: JobField, value: unknown): unknown {
  if (value === undefined) return null;
  return jobColumns[field] === "json" ? JSON.stringify(value) : value;
}

export const parseJson = (text: string): JsonValue => JSON.parse(text) as JsonValue;

/** A row with the names of a job's fields, `dependsOn` and `labels` gathered as JSON. */
export function decodeJob(row: Readonly<Record<string, unknown>>): Job {
  const job: Record<string, unknown> = {};
  for (const field of jobFields) {
    const value = row[field] ?? undefined;
    job[field] = jobColumns[field] === "json" && typeof value === "string" ? parseJson(value) : value;
  }
  job["dependsOn"] = parseJson(String(row["dependsOn"]));
  job["labels"] = parseJson(String(row["labels"]));
  // Rows come from STRICT tables that only this room writes, after a check by schema: their shape is the job's.
  return job as unknown as Job;
}
