// What the player plays: a media file as frames at an exact rate, with the labels its reel gives them.
import type { Media, Reel } from "../../shared/project/index.ts";
import { secondsToFrame, timecodeBase } from "../../shared/time/index.ts";
import type { FrameRate, TimecodeBase } from "../../shared/time/index.ts";

export type Clip = {
  readonly mediaId: Media["id"];
  readonly rate: FrameRate;
  readonly frameCount: number;
  readonly base: TimecodeBase;
  readonly hasPicture: boolean;
};

const rateOfSoundAlone: FrameRate = { num: 25, den: 1 };

/** Sound alone is counted in frames of the first reel, so that it reads like the picture it will lie under. */
export function clipOf(media: Media, reels: readonly Reel[]): Clip {
  const { id: mediaId, facts } = media;
  const reel = reels.find((each) => each.mediaId === mediaId);
  const [picture] = facts.video;
  if (picture) {
    const rate = reel?.frameRate ?? picture.frameRate;
    const base: TimecodeBase = {
      ...timecodeBase(rate, reel?.isDropFrame ? "drop" : "non-drop"),
      startLabelFrames: reel?.startTimecodeFrames ?? 0,
    };
    return { mediaId, rate, frameCount: picture.frameCount, base, hasPicture: true };
  }
  const rate = reels[0]?.frameRate ?? rateOfSoundAlone;
  const frameCount = Math.max(1, secondsToFrame(facts.container.durationMs / 1000, rate, "ceil"));
  return { mediaId, rate, frameCount, base: timecodeBase(rate, "non-drop"), hasPicture: false };
}
