// Handlers of reels: their names, their order, their timecode.
import type { Handlers } from "../../../shared/contract/index.ts";
import { moveReel, mustGet, renameReel, setStartTimecode } from "../../../shared/project/index.ts";
import { timecodeBaseFrom } from "../../../shared/time/index.ts";
import type { HandlerTools } from "./handler-tools.ts";

type Names = "reel.rename" | "reel.move" | "reel.timecode";

export function reelHandlers({ edit }: HandlerTools): Pick<Handlers, Names> {
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
  };
}
