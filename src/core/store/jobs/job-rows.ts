// The jobs of a project as rows: the JobStore that core/jobs asks for, over SQLite.
import type { Job, JobChanges, JobFilter, JobStore } from "../../../shared/project/index.ts";
import type { Connection } from "../connection.ts";
import { columnOf } from "../records/record-tables.ts";
import type { Transactions } from "../transactions.ts";
import { decodeJob, encodeJobValue, jobColumns, jobFields } from "./job-columns.ts";
import type { JobField } from "./job-columns.ts";
import { openJobPieces } from "./job-pieces.ts";

const columnNames = jobFields.map(columnOf).join(", ");

const selectJob = `SELECT ${jobFields.map((field) => `${columnOf(field)} AS "${field}"`).join(", ")},
  (SELECT json_group_array(depends_on) FROM
    (SELECT depends_on FROM job_dependency WHERE job_dependency.job_id = job.job_id ORDER BY position)) AS "dependsOn",
  (SELECT json_group_object(name, value) FROM job_label WHERE job_label.job_id = job.job_id) AS "labels"
  FROM job`;

const hasEnded = "state IN ('done', 'failed', 'cancelled')";

/** A dependency counts as met while its job is done, and for good when it was done as it was forgotten. */
const isReady = `state = 'queued' AND resource_class = ? AND not_before_ms <= ?
  AND job_id NOT IN (SELECT value FROM json_each(?)) AND NOT EXISTS (
  SELECT 1 FROM job_dependency LEFT JOIN job AS needed ON needed.job_id = depends_on
  WHERE job_dependency.job_id = job.job_id AND is_met = 0 AND coalesce(needed.state, '') <> 'done')`;

type JobRow = Readonly<Record<string, unknown>>;

export function openJobRows(connection: Connection, { transact }: Transactions): JobStore {
  const select = (tail: string) => connection.prepare<unknown[], JobRow>(`${selectJob} ${tail}`);
  const byId = select("WHERE job_id = ?");
  const ready = select(`WHERE ${isReady} ORDER BY priority DESC, created_ms, job_id LIMIT 1`);
  const expired = select("WHERE state = 'running' AND coalesce(lease_until_ms, 0) <= ? ORDER BY created_ms, job_id");
  const dependents = select(
    "WHERE job_id IN (SELECT job_id FROM job_dependency WHERE depends_on = ?) ORDER BY created_ms, job_id",
  );
  const insertJob = connection.prepare(
    `INSERT INTO job (${columnNames}) VALUES (?${", ?".repeat(jobFields.length - 1)}) ON CONFLICT (job_id) DO NOTHING`,
  );
  const insertLabel = connection.prepare("INSERT INTO job_label (job_id, name, value) VALUES (?, ?, ?)");
  const insertDependency = connection.prepare(
    "INSERT INTO job_dependency (job_id, position, depends_on, is_met) VALUES (?, ?, ?, 0)",
  );
  const keepMet = connection.prepare(
    `UPDATE job_dependency SET is_met = 1
     WHERE depends_on IN (SELECT job_id FROM job WHERE job_id = ? AND state = 'done')`,
  );
  const removeJob = connection.prepare(`DELETE FROM job WHERE job_id = ? AND ${hasEnded}`);

  function insert(job: Job): boolean {
    const values = jobFields.map((field) => encodeJobValue(field, job[field]));
    if (insertJob.run(...values).changes === 0) return false;
    for (const [name, value] of Object.entries(job.labels)) insertLabel.run(job.jobId, name, value);
    for (const [position, dependency] of job.dependsOn.entries()) insertDependency.run(job.jobId, position, dependency);
    return true;
  }

  return {
    transact,
    insert: (job) => transact(() => insert(job)),
    get: (jobId) => {
      const row = byId.get(jobId);
      return row && decodeJob(row);
    },
    list: (filter) => {
      const { sql, parameters } = listSql(filter);
      return connection
        .prepare<unknown[], JobRow>(sql)
        .all(...parameters)
        .map(decodeJob);
    },
    update: (jobId, guard, changes) =>
      transact(() => {
        const { assignments, values } = assignmentsOf(changes);
        const sql = `UPDATE job SET ${assignments} WHERE job_id = ? AND state = ? AND fence_token = ?`;
        return connection.prepare(sql).run(...values, jobId, guard.state, guard.fenceToken).changes === 1;
      }),
    remove: (jobId) =>
      transact(() => {
        keepMet.run(jobId);
        return removeJob.run(jobId).changes === 1;
      }),
    nextReady: ({ resourceClass, nowMs, exceptJobIds = [] }) => {
      const row = ready.get(resourceClass, nowMs, JSON.stringify(exceptJobIds));
      return row && decodeJob(row);
    },
    expired: (nowMs) => expired.all(nowMs).map(decodeJob),
    dependents: (jobId) => dependents.all(jobId).map(decodeJob),
    ...openJobPieces(connection, transact),
  };
}

/** The newest `limit` jobs that pass the filter, oldest first. */
function listSql({ states, kinds, labels, limit }: JobFilter): { sql: string; parameters: unknown[] } {
  const conditions: string[] = [];
  const parameters: unknown[] = [];
  const oneOf = (column: string, values: readonly string[] | undefined) => {
    if (values === undefined) return;
    conditions.push(`${column} IN (${values.map(() => "?").join(", ")})`);
    parameters.push(...values);
  };
  oneOf("state", states);
  oneOf("kind", kinds);
  for (const [name, value] of Object.entries(labels ?? {})) {
    conditions.push("job_id IN (SELECT job_id FROM job_label WHERE name = ? AND value = ?)");
    parameters.push(name, value);
  }
  const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
  if (limit === undefined) return { sql: `${selectJob} ${where} ORDER BY created_ms, job_id`, parameters };
  const newest = `${selectJob} ${where} ORDER BY created_ms DESC, job_id DESC LIMIT ?`;
  return { sql: `SELECT * FROM (${newest}) ORDER BY "createdMs", "jobId"`, parameters: [...parameters, limit] };
}

/** A key that is there but undefined clears its column. Without any key the row is only compared with its guard. */
function assignmentsOf(changes: JobChanges): { assignments: string; values: unknown[] } {
  const isField = (name: string): name is JobField => Object.hasOwn(jobColumns, name);
  const fields = Object.keys(changes).filter(isField);
  if (fields.length === 0) return { assignments: "job_id = job_id", values: [] };
  const given: Readonly<Partial<Record<JobField, unknown>>> = changes;
  return {
    assignments: fields.map((field) => `${columnOf(field)} = ?`).join(", "),
    values: fields.map((field) => encodeJobValue(field, given[field])),
  };
}
