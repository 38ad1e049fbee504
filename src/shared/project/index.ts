// The door of shared/project: what a project is made of, and every way it may change, as values.
export {
  applyDiff,
  composeDiffs,
  conflict,
  diffAdding,
  diffChanging,
  diffRemoving,
  diffSchema,
  emptyDiff,
  isEmptyDiff,
  isSameRecord,
  reverseDiff,
} from "./diff.ts";
export type { Diff, RecordChange } from "./diff.ts";
export {
  addAudioTrack,
  addVersion,
  importMedia,
  moveReel,
  relinkMedia,
  removeAudioTrack,
  removeMedia,
  removeVersion,
  renameProject,
  renameReel,
  setOriginalLanguage,
  setStartTimecode,
} from "./edits.ts";
export { createId, idSchema, projectRecordId, recordTypes, typeOfId } from "./ids.ts";
export type { RecordId, RecordType } from "./ids.ts";
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
} from "./job.ts";
export type { JobFilter, JobGuard, JobStore } from "./job-store.ts";
export { noProgress } from "./job.ts";
export { contentIdentitySchema, mediaFactsSchema, mediaWarningCodes } from "./media-facts.ts";
export type {
  AudioStreamFacts,
  ContentIdentity,
  MediaFacts,
  MediaWarning,
  MediaWarningCode,
  VideoStreamFacts,
} from "./media-facts.ts";
export { anyRecordSchema, languageTagSchema, recordSchemas, takeSettingsSchema } from "./records.ts";
export type {
  Adapter,
  AnyRecord,
  AudioTrack,
  Character,
  FaceTrack,
  Media,
  Project,
  RecordOf,
  Reel,
  Segment,
  Shot,
  Take,
  TakeSettings,
  Version,
} from "./records.ts";
export { references } from "./references.ts";
export type { Reference } from "./references.ts";
export { takeBack } from "./take-back.ts";
export { mustGet } from "./view.ts";
export type { ProjectView } from "./view.ts";
