// What a failure says in the reader's language: by its code where we know it, else in the words it came with.
import type { TFunction } from "i18next";
import type { FailureData } from "../../shared/failure/index.ts";
import { fileNameOf } from "../media/format.ts";

export type FailureText = { readonly title: string; readonly text: string };

const known = {
  "disk.full": "failure.diskFull",
  "disk.failed": "failure.diskFailed",
  "media.disk-full": "failure.diskFull",
  "models.licence-not-accepted": "failure.licenceNotAccepted",
  "models.which-resolution": "failure.whichResolution",
  "media.not-found": "failure.mediaNotFound",
  "media.damaged": "failure.mediaDamaged",
  "media.bad": "failure.mediaDamaged",
  "media.torn": "failure.mediaDamaged",
  "media.unsupported-format": "failure.mediaUnsupported",
  "media.no-streams": "failure.mediaEmpty",
  "media.out-of-limits": "failure.mediaTooLarge",
  "media.stalled": "failure.mediaStalled",
  "media.ffmpeg-missing": "failure.ffmpegMissing",
  "media.ffmpeg-too-old": "failure.ffmpegTooOld",
  "media.ffmpeg-failed": "failure.ffmpegFailed",
  "media.other-content": "failure.otherContent",
  "upload.incomplete": "failure.uploadIncomplete",
  "project.exists": "failure.projectExists",
  "project.not-found": "failure.projectNotFound",
  "project.foreign": "failure.projectForeign",
  "project.foreign-schema": "failure.projectForeign",
  "project.newer": "failure.projectNewer",
  "project.damaged": "failure.projectDamaged",
  "project.in-use": "failure.projectInUse",
  "project.read-only": "failure.projectReadOnly",
  "project.cannot-create": "failure.projectCannotCreate",
  "project.bad-name": "failure.projectBadName",
  "project.conflict": "failure.projectConflict",
  "jobs.wrong-state": "failure.jobsWrongState",
  "jobs.worker-died": "failure.jobsWorkerDied",
  "app.folder-unreadable": "failure.folderUnreadable",
  "lipsync.no-dialogue": "refusal.noDialogue",
  "lipsync.no-face": "refusal.noFace",
  "lipsync.no-reference": "refusal.noReference",
  "lipsync.parity-rate": "refusal.parityRate",
  "models.no-lipsync-model": "refusal.noModel",
  "models.part-missing": "refusal.partMissing",
  "segment.merge-apart": "refusal.mergeApart",
  "segment.overlap": "refusal.overlap",
  "segment.no-take": "refusal.noTake",
  "segments.no-faces": "refusal.noFaces",
  "segments.no-dialogue": "refusal.noVersionDialogue",
  "take.approved": "refusal.takeApproved",
  "track.exists": "refusal.trackExists",
  "track.no-file-time": "refusal.noFileTime",
  "version.exists": "refusal.versionExists",
  "character.exists": "refusal.characterExists",
  "history.nothing-to-undo": "shell.nothingToUndo",
  "history.nothing-to-redo": "shell.nothingToRedo",
  "contract.connection-lost": "failure.connectionLost",
} as const;

const knownKeys: ReadonlyMap<string, (typeof known)[keyof typeof known]> = new Map(Object.entries(known));

/** The exact words, with paths and numbers, stand in the detail. */
export function failureText(failure: FailureData, t: TFunction): FailureText {
  if (failure.code === "upload.not-files") return { title: t("media.notFiles"), text: t("media.notFilesHint") };
  const title = failure.kind === "refused" ? t("failure.refused") : t("failure.failed");
  if (failure.code === "upload.failed") {
    const name = String(failure.details["name"]);
    return { title, text: `${t("failure.uploadFailed", { name })} ${t("failure.uploadFailedHint")}` };
  }
  const { existingPath } = failure.details;
  if (failure.code === "media.already-imported" && typeof existingPath === "string")
    return { title, text: t("failure.alreadyImported", { existingName: fileNameOf(existingPath) }) };
  const key = knownKeys.get(failure.code);
  return { title, text: key ? t(key) : `${failure.message} ${failure.hint}`.trim() };
}

/** Everything about a failure, to be copied into a report. */
export const failureDetail = (failure: FailureData): string =>
  [
    `${failure.kind} ${failure.code}`,
    failure.message,
    failure.hint,
    ...Object.entries(failure.details).map(([name, value]) => `${name}: ${JSON.stringify(value)}`),
  ]
    .filter((line) => line !== "")
    .join("\n");
