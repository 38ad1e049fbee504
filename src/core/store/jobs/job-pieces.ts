// The committed pieces and the log of jobs, as rows.
import type { JobLogEntry, JobStore, Piece } from "../../../shared/project/index.ts";
import type { Connection } from "../connection.ts";
import { parseJson } from "./job-columns.ts";

type PieceRow = Omit<Piece, "files" | "facts"> & { readonly files: string; readonly facts: string };

export function openJobPieces(
  connection: Connection,
  transact: JobStore["transact"],
): Pick<JobStore, "putPiece" | "pieces" | "appendLog" | "readLog"> {
  const put = connection.prepare(
    `INSERT INTO job_piece (job_id, key, files, facts, fence_token, committed_ms)
     SELECT job_id, ?, ?, ?, ?, ? FROM job WHERE job_id = ? AND state = ? AND fence_token = ?
     ON CONFLICT (job_id, key) DO UPDATE SET files = excluded.files, facts = excluded.facts,
       fence_token = excluded.fence_token, committed_ms = excluded.committed_ms`,
  );
  const pieces = connection.prepare<[string], PieceRow>(
    `SELECT job_id AS "jobId", key, files, facts, fence_token AS "fenceToken", committed_ms AS "committedMs"
     FROM job_piece WHERE job_id = ? ORDER BY committed_ms, key`,
  );
  const append = connection.prepare(
    "INSERT INTO job_log (job_id, at_ms, attempt, level, message) VALUES (?, ?, ?, ?, ?)",
  );
  const newestLines = connection.prepare<[string, number], JobLogEntry>(
    `SELECT at_ms AS "atMs", attempt, level, message FROM job_log WHERE job_id = ? ORDER BY line DESC LIMIT ?`,
  );

  return {
    putPiece: ({ jobId, key, files, facts, fenceToken, committedMs }, guard) =>
      transact(() => {
        const values = [key, JSON.stringify(files), JSON.stringify(facts), fenceToken, committedMs];
        return put.run(...values, jobId, guard.state, guard.fenceToken).changes === 1;
      }),
    pieces: (jobId) => pieces.all(jobId).map(decodePiece),
    appendLog: (jobId, { atMs, attempt, level, message }) =>
      transact(() => {
        append.run(jobId, atMs, attempt, level, message);
      }),
    readLog: (jobId, limit) => newestLines.all(jobId, limit).toReversed(),
  };
}

const decodePiece = (row: PieceRow): Piece => ({
  ...row,
  files: parseJson(row.files) as unknown as Piece["files"],
  facts: parseJson(row.facts),
});
