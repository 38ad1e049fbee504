// Operations on the open project as a whole: create, open, read its records, undo, redo, backups.
import { z } from "zod";
import { anyRecordSchema, languageTagSchema, recordTypes } from "../project/index.ts";
import { act, edit, query } from "./kinds.ts";

const nothing = z.strictObject({});
const path = z.string().min(1).max(4096);

export const projectInfoSchema = z.strictObject({
  name: z.string(),
  /** Absolute path of the `Name.dubwright` folder. */
  folder: z.string(),
  revision: z.int().nonnegative(),
  createdAt: z.iso.datetime(),
  originalLanguage: z.string().nullable(),
  /** How many records of each type there are. */
  counts: z.record(z.enum(recordTypes), z.int()),
  /** Things to know about where it lies: a synchronised or network folder. */
  warnings: z.array(z.strictObject({ code: z.string(), message: z.string() })),
});

/** What every edit answers: the revision it made, or the one before when nothing changed. */
export const editAnswerSchema = z.strictObject({ revision: z.int().nonnegative() });

const historyStep = z.strictObject({ name: z.string(), editedAt: z.iso.datetime() });

const historyState = z.strictObject({
  /** The edit that undo would take back, and the one that redo would make again. */
  undo: historyStep.nullable(),
  redo: historyStep.nullable(),
  revision: z.int().nonnegative(),
});

export const backupSchema = z.strictObject({
  /** File name in the project's `backups` folder. */
  name: z.string(),
  madeAt: z.iso.datetime(),
  tier: z.enum(["ten-minutes", "hourly", "daily", "before-migration"]),
  sizeBytes: z.int(),
});

export const projectOperations = {
  "project.create": act({
    says: "Create a project folder NAME.dubwright inside a folder, and open it",
    project: "none",
    input: z.strictObject({ folder: path, name: z.string().min(1).max(120) }),
    output: projectInfoSchema,
  }),
  "project.open": act({
    says: "Open a project folder; the one that was open is closed",
    project: "none",
    input: z.strictObject({ folder: path }),
    output: projectInfoSchema,
  }),
  "project.close": act({
    says: "Close the open project",
    project: "optional",
    input: nothing,
    output: z.strictObject({}),
  }),
  "project.info": query({
    says: "The open project; null when none is open",
    project: "optional",
    input: nothing,
    output: z.strictObject({ project: projectInfoSchema.nullable() }),
  }),
  "project.recent": query({
    says: "Projects opened lately, newest first",
    project: "none",
    input: nothing,
    output: z.strictObject({
      projects: z.array(
        z.strictObject({ name: z.string(), folder: z.string(), openedAt: z.iso.datetime(), isPresent: z.boolean() }),
      ),
    }),
  }),
  "project.rename": edit({
    says: "Rename the open project",
    input: z.strictObject({ name: z.string().min(1).max(200) }),
    output: editAnswerSchema,
  }),
  "project.language": edit({
    says: "Say which language the original dialogue is in",
    input: z.strictObject({ language: languageTagSchema.nullable() }),
    output: editAnswerSchema,
  }),
  "record.list": query({
    says: "A page of the records of one type, in their own order",
    input: z.strictObject({
      type: z.enum(recordTypes),
      /** The id of the last record of the page before. */
      after: z.string().optional(),
      limit: z.int().min(1).max(2000).default(500),
      reelId: z.string().optional(),
      versionId: z.string().optional(),
      segmentId: z.string().optional(),
    }),
    output: z.strictObject({
      records: z.array(anyRecordSchema),
      /** Pass as `after` for the next page; null on the last. */
      next: z.string().nullable(),
      revision: z.int().nonnegative(),
    }),
  }),
  "history.state": query({ says: "What undo and redo would do", input: nothing, output: historyState }),
  "history.undo": act({ says: "Take back the last edit", input: nothing, output: historyState }),
  "history.redo": act({ says: "Make the edit again that was taken back", input: nothing, output: historyState }),
  "backup.list": query({
    says: "Backups of the open project, newest first",
    input: nothing,
    output: z.strictObject({ backups: z.array(backupSchema) }),
  }),
  "backup.restore": act({
    says: "Restore a backup as a new project beside the open one; the open one is not touched",
    input: z.strictObject({ name: z.string().max(200) }),
    output: z.strictObject({ folder: z.string() }),
  }),
};
