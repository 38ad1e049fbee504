// The door of core/store: a project on the disk. Records, edits with undo, jobs, backups; the only room that knows SQLite.
export type { BackupTier } from "./backups/backup-plan.ts";
export type { ProjectBackups } from "./backups/project-backups.ts";
export { listBackups, restoreBackup } from "./backups/stored-backups.ts";
export type { Backup } from "./backups/stored-backups.ts";
export { describeSqlite } from "./describe-sqlite.ts";
export { freeFolderName } from "./files/new-folder.ts";
export type { FolderWarning } from "./files/folder-warnings.ts";
export { createProject, openProject } from "./project.ts";
export type { OpenProject, ProjectSurroundings } from "./project.ts";
export type { ChangeListener, ProjectChange } from "./project-change.ts";
export { projectExtension, projectNameOf, projectPaths } from "./project-folder.ts";
export type { ProjectPaths } from "./project-folder.ts";
export type {
  EditOutcome,
  EditResult,
  History,
  HistoryResult,
  HistoryStep,
  ProjectRecords,
} from "./project-records.ts";
export { salvageProject } from "./salvage/salvage-project.ts";
export type { SalvageReport } from "./salvage/salvage-project.ts";
export type { PageRequest, RecordFilter, RecordPage } from "./records/record-rows.ts";
