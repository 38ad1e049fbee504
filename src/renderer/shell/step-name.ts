// An edit's name as people read it: history names it by its operation.
import type { TFunction } from "i18next";

const names = {
  "project.rename": "edit.projectRename",
  "project.language": "edit.projectLanguage",
  "media.import": "edit.mediaImport",
  "media.remove": "edit.mediaRemove",
  "media.relink": "edit.mediaRelink",
  "reel.rename": "edit.reelRename",
  "reel.move": "edit.reelMove",
  "reel.timecode": "edit.reelTimecode",
  "versions.add": "edit.versionsAdd",
  "versions.rename": "edit.versionsRename",
  "versions.remove": "edit.versionsRemove",
  "dialogue.add": "edit.dialogueAdd",
  "dialogue.offset": "edit.dialogueOffset",
  "dialogue.change": "edit.dialogueChange",
  "dialogue.remove": "edit.dialogueRemove",
  "segments.add": "edit.segmentsAdd",
  "segments.split": "edit.segmentsSplit",
  "segments.merge": "edit.segmentsMerge",
  "segments.trim": "edit.segmentsTrim",
  "segments.state": "edit.segmentsState",
  "segments.ignore": "edit.segmentsIgnore",
  "segments.note": "edit.segmentsNote",
  "segments.assign": "edit.segmentsAssign",
  "segments.remove": "edit.segmentsRemove",
  "segments.propose": "edit.segmentsPropose",
  "takes.select": "edit.takesSelect",
  "takes.deselect": "edit.takesDeselect",
  "takes.rate": "edit.takesRate",
  "takes.note": "edit.takesNote",
  "takes.reject": "edit.takesReject",
  "takes.remove": "edit.takesRemove",
  "shots.detect": "edit.shotsDetect",
  "shots.cut": "edit.shotsCut",
  "shots.move": "edit.shotsMove",
  "shots.join": "edit.shotsJoin",
  "shots.import": "edit.shotsImport",
  "faces.track": "edit.facesTrack",
  "faces.assign": "edit.facesAssign",
  "faces.split": "edit.facesSplit",
  "faces.merge": "edit.facesMerge",
  "faces.fix": "edit.facesFix",
  "faces.exclude": "edit.facesExclude",
  "faces.include": "edit.facesInclude",
  "faces.remove": "edit.facesRemove",
  "faces.limits": "edit.facesLimits",
  "characters.add": "edit.charactersAdd",
  "characters.rename": "edit.charactersRename",
  "characters.color": "edit.charactersColor",
  "characters.move": "edit.charactersMove",
  "characters.remove": "edit.charactersRemove",
} as const;

const nameKeys: ReadonlyMap<string, (typeof names)[keyof typeof names]> = new Map(Object.entries(names));

/** One that has no name here yet is called by its operation. */
export function stepName(operationName: string, t: TFunction): string {
  const key = nameKeys.get(operationName);
  return key ? t(key) : operationName;
}
