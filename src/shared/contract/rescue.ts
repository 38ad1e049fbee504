// Operations for a project that no longer opens: its backups, and what can still be read of it.
import { z } from "zod";
import { recordTypes } from "../project/index.ts";
import { act, query } from "./kinds.ts";
import { backupSchema } from "./project.ts";

/** The damaged project's `Name.dubwright` folder. */
const folder = z.string().min(1).max(4096);

export const rescueOperations = {
  "rescue.list": query({
    says: "Backups of a project that need not open, newest first",
    project: "none",
    input: z.strictObject({ folder }),
    output: z.strictObject({ backups: z.array(backupSchema) }),
  }),
  "rescue.restore": act({
    says: "Restore a backup of a project that need not open, as a new project beside it",
    project: "none",
    input: z.strictObject({ folder, name: z.string().max(200) }),
    output: z.strictObject({ folder: z.string() }),
  }),
  "rescue.salvage": act({
    says: "Save what can be read of a damaged project into a new one beside it; the damaged one is not changed",
    project: "none",
    input: z.strictObject({ folder }),
    output: z.strictObject({
      folder: z.string(),
      kept: z.record(z.enum(recordTypes), z.int()),
      /** Records that were read but make no sense any more, or point at what was lost. */
      droppedRecords: z.int().nonnegative(),
      /** Types of which parts could not be read. */
      incompleteTypes: z.array(z.enum(recordTypes)),
      /** The backup that missing records of those types were taken from. */
      filledFrom: z.string().nullable(),
    }),
  }),
};
