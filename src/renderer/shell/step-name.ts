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
  "version.add": "edit.versionAdd",
  "version.remove": "edit.versionRemove",
  "track.add": "edit.trackAdd",
  "track.remove": "edit.trackRemove",
} as const;

const nameKeys: ReadonlyMap<string, (typeof names)[keyof typeof names]> = new Map(Object.entries(names));

/** One that has no name here yet is called by its operation. */
export function stepName(operationName: string, t: TFunction): string {
  const key = nameKeys.get(operationName);
  return key ? t(key) : operationName;
}
