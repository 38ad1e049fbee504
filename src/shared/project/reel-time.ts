// How the frames of a reel are labelled.
import type { TimecodeBase } from "../time/index.ts";
import type { Reel } from "./records.ts";

export const timecodeBaseOf = (
  reel: Pick<Reel, "frameRate" | "isDropFrame" | "startTimecodeFrames">,
): TimecodeBase => ({
  rate: reel.frameRate,
  counting: reel.isDropFrame ? "drop" : "non-drop",
  startLabelFrames: reel.startTimecodeFrames,
});
