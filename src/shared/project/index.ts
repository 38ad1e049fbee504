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
  importMedia,
  moveReel,
  relinkMedia,
  removeMedia,
  renameProject,
  renameReel,
  setOriginalLanguage,
  setStartTimecode,
} from "./edits.ts";
export {
  addCharacter,
  assignTracks,
  changeCharacter,
  moveCharacter,
  removeCharacter,
  removeTracks,
  replaceTracks,
  setEligibilityLimits,
} from "./face-edits.ts";
export { addCut, moveCut, removeCut, replaceAnalysis, replaceShots, shotsWithoutGap } from "./shot-edits.ts";
export {
  generationSettingsSchema,
  qualities,
  settingsOfQuality,
  settingsOfTake,
  takeSettingsOf,
} from "./generation-settings.ts";
export type { GenerationSettings, Quality } from "./generation-settings.ts";
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
export { audioStreamFactsSchema, contentIdentitySchema, mediaFactsSchema, mediaWarningCodes } from "./media-facts.ts";
export type {
  AudioStreamFacts,
  ContentIdentity,
  MediaFacts,
  MediaWarning,
  MediaWarningCode,
  VideoStreamFacts,
} from "./media-facts.ts";
export {
  anyRecordSchema,
  eligibilityLimitsSchema,
  languageTagSchema,
  recordSchemas,
  takeScoreSchema,
  takeSettingsSchema,
} from "./records.ts";
export type {
  Adapter,
  AnyRecord,
  AudioTrack,
  Character,
  EligibilityLimits,
  FaceTrack,
  Media,
  Project,
  RecordOf,
  Reel,
  Segment,
  Shot,
  Take,
  TakeScore,
  TakeSettings,
  Version,
} from "./records.ts";
export {
  addSegment,
  applyProposals,
  assignSegments,
  mergeSegments,
  noteSegment,
  removeSegments,
  setSegmentState,
  splitSegment,
  trimSegment,
} from "./segment-edits.ts";
export type { SegmentProposal } from "./segment-edits.ts";
export { soundWarnings } from "./sound-warnings.ts";
export type { SoundWarning } from "./sound-warnings.ts";
export {
  addTake,
  deselectTake,
  noteTake,
  rateTake,
  rejectTake,
  removeTakes,
  scoreTake,
  selectTake,
} from "./take-edits.ts";
export type { MeasuredTake } from "./take-edits.ts";
export {
  addAudioTrack,
  addVersion,
  changeAudioTrack,
  removeAudioTrack,
  removeVersion,
  renameVersion,
} from "./version-edits.ts";
export type { AudioTrackChange } from "./version-edits.ts";
export { references } from "./references.ts";
export type { Reference } from "./references.ts";
export { takeBack } from "./take-back.ts";
export { timecodeBaseOf } from "./reel-time.ts";
export { mustGet } from "./view.ts";
export type { ProjectView } from "./view.ts";
