// The undo log: one row per undoable edit, in the order made; those taken back lie at its end until a new edit drops them.
import { z } from "zod";
import type { Diff } from "../../../shared/project/index.ts";
import type { Connection } from "../connection.ts";

export type EditStep = {
  readonly step: number;
  readonly name: string;
  /** ISO 8601. */
  readonly editedAt: string;
};

export type EditLog = {
  readonly append: (step: Omit<EditStep, "step"> & { readonly diff: Diff }) => void;
  /** The edit that undo would take back. */
  readonly lastDone: () => EditStep | undefined;
  /** The edit that redo would make again. */
  readonly firstUndone: () => EditStep | undefined;
  /** What the step changed, as seen going forward. */
  readonly diffOf: (step: number) => Diff;
  /** Moves a step to the other side, with what making it (again) changes as it now stands. */
  readonly move: (step: number, side: "done" | "undone", diff: Diff) => void;
};

/** Oldest steps go when the log holds more than this. A gesture takes about 1 KB, so this is a long memory. */
const maxLogBytes = 256 << 20;

export function openEditLog(connection: Connection, maxBytes = maxLogBytes): EditLog {
  const columns = `step, name, edited_at AS "editedAt"`;
  const dropUndone = connection.prepare("DELETE FROM edit_step WHERE is_undone = 1");
  const insert = connection.prepare(
    "INSERT INTO edit_step (name, edited_at, diff, is_undone, size_bytes) VALUES (?, ?, ?, 0, ?)",
  );
  const total = connection.prepare("SELECT coalesce(sum(size_bytes), 0) FROM edit_step WHERE is_undone = 0").pluck();
  const dropOldest = connection.prepare(
    `DELETE FROM edit_step WHERE step IN (SELECT step FROM (
       SELECT step, sum(size_bytes) OVER (ORDER BY step DESC) AS newer_bytes FROM edit_step
     ) WHERE newer_bytes > ?) AND step < (SELECT max(step) FROM edit_step)`,
  );
  const lastDone = connection.prepare<[], EditStep>(
    `SELECT ${columns} FROM edit_step WHERE is_undone = 0 ORDER BY step DESC LIMIT 1`,
  );
  const firstUndone = connection.prepare<[], EditStep>(
    `SELECT ${columns} FROM edit_step WHERE is_undone = 1 ORDER BY step LIMIT 1`,
  );
  const diffOf = connection.prepare("SELECT diff FROM edit_step WHERE step = ?").pluck();
  const move = connection.prepare("UPDATE edit_step SET is_undone = ?, diff = ?, size_bytes = ? WHERE step = ?");

  // The sum of what is kept, counted on from the first reading so that an edit does not add up the whole log.
  let knownBytes: number | undefined;

  return {
    append: ({ name, editedAt, diff }) => {
      const text = JSON.stringify(diff);
      dropUndone.run();
      insert.run(name, editedAt, text, text.length);
      knownBytes = knownBytes === undefined ? Number(total.get()) : knownBytes + text.length;
      if (knownBytes <= maxBytes) return;
      dropOldest.run(maxBytes);
      knownBytes = undefined;
    },
    lastDone: () => lastDone.get(),
    firstUndone: () => firstUndone.get(),
    // Checked by schema when it was written, by this very schema: a migration that changes it rewrites the log.
    diffOf: (step) => JSON.parse(z.string().parse(diffOf.get(step))) as Diff,
    move: (step, side, diff) => {
      const text = JSON.stringify(diff);
      move.run(side === "undone" ? 1 : 0, text, text.length, step);
      knownBytes = undefined;
    },
  };
}
