// Handlers of reels, localized versions and their audio tracks.
import type { Handlers } from "../../../shared/contract/index.ts";
import {
  addAudioTrack,
  addVersion,
  createId,
  moveReel,
  mustGet,
  removeAudioTrack,
  removeVersion,
  renameReel,
  setStartTimecode,
} from "../../../shared/project/index.ts";
import { timecodeBaseFrom } from "../../../shared/time/index.ts";
import type { HandlerTools } from "./handler-tools.ts";

type Names =
  | "reel.rename"
  | "reel.move"
  | "reel.timecode"
  | "version.add"
  | "version.remove"
  | "track.add"
  | "track.remove";

export function versionHandlers({ edit, random }: HandlerTools): Pick<Handlers, Names> {
  return {
    "reel.rename": async ({ reelId, name }) => edit("reel.rename", (view) => renameReel(view, reelId, name)),
    "reel.move": async ({ reelId, order }) => edit("reel.move", (view) => moveReel(view, reelId, order)),
    "reel.timecode": async ({ reelId, timecode }) =>
      edit("reel.timecode", (view) => {
        const base = timecodeBaseFrom(timecode, mustGet(view, "reel", reelId).frameRate);
        return setStartTimecode(view, reelId, {
          startTimecodeFrames: base.startLabelFrames,
          isDropFrame: base.counting === "drop",
        });
      }),
    "version.add": async ({ language, name }) => {
      const versionId = createId("version", random.bytes);
      const version = { type: "version", id: versionId, language, name, order: 0 } as const;
      const { revision } = edit("version.add", (view) => addVersion(view, version));
      return { revision, versionId };
    },
    "version.remove": async ({ versionId }) => edit("version.remove", (view) => removeVersion(view, versionId)),
    "track.add": async (track) => {
      const trackId = createId("audio-track", random.bytes);
      const added = { type: "audio-track", id: trackId, ...track, characterId: null, gainDb: 0 } as const;
      const { revision } = edit("track.add", (view) => addAudioTrack(view, added));
      return { revision, trackId };
    },
    "track.remove": async ({ trackId }) => edit("track.remove", (view) => removeAudioTrack(view, trackId)),
  };
}
