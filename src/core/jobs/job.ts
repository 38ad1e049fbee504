// What a job is lies in shared/project, where the queue and the store both see it; the files of this room take it from here.
export { noProgress } from "../../shared/project/index.ts";
export type {
  Job,
  JobChanges,
  JobLogEntry,
  JobLogLevel,
  JobProgress,
  JobState,
  JsonValue,
  Piece,
  PieceFile,
} from "../../shared/project/index.ts";
