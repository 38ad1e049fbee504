// What a take is made from: picture, faces, dialogue and settings; and the names that follow from it.
import { endFrameOf } from "../../shared/time/index.ts";
import type { FrameRange, FrameRate } from "../../shared/time/index.ts";
import { areRatesEqual, frameRates } from "../../shared/time/index.ts";
import type { GenerationSettings } from "../../shared/project/index.ts";
import { refused } from "../../shared/failure/index.ts";
import type { Dialogue } from "./audio/dialogue-samples.ts";
import { keyOf } from "./cache/file-cache.ts";
import type { ModelFiles } from "./model/model-files.ts";
import { affineAt } from "./plan/face-path.ts";
import type { FacePath } from "./plan/face-path.ts";
import { planWindows, runsOfFaces } from "./plan/window-plan.ts";
import type { LatentWindow } from "./plan/window-plan.ts";
import type { Picture } from "./stages/read-faces.ts";

export type TakeOrder = {
  readonly picture: Picture;
  /** Of the reel; with it the path's range is the take's. */
  readonly frameRate: FrameRate;
  readonly faces: FacePath;
  readonly dialogue: Dialogue;
  readonly settings: GenerationSettings;
};

/** Raised when the same order gives other pictures than before. */
const takeRevision = 1;

/** All that decides a take's pictures, as plain JSON; the alignment stands beside every face. */
export function madeFrom({ picture, dialogue, settings, frameRate }: TakeOrder, { modelHash }: ModelFiles) {
  return {
    takeRevision,
    picture: { mediaHash: picture.mediaHash, streamIndex: picture.streamIndex, frameRate: { ...frameRate } },
    dialogue: {
      mediaHash: dialogue.mediaHash,
      streamIndex: dialogue.streamIndex,
      offsetSamples: dialogue.offsetSamples,
    },
    modelHash,
    settings,
  };
}

/** Names the work on a take: the same order finds the windows that an earlier attempt, or another job, has finished. */
export const takeKey = (order: TakeOrder, files: ModelFiles): string =>
  keyOf({
    madeFrom: madeFrom(order, files),
    range: order.faces.range,
    faces: order.faces.frameToFace,
    shotStarts: [...order.faces.shotStarts].toSorted((a, b) => a - b),
  });

/** The windows of a take; refused when there is nothing to make, or the order cannot be made as it says. */
export function windowsOf(order: TakeOrder, { config }: ModelFiles): readonly LatentWindow[] {
  const { faces, settings, frameRate } = order;
  requireMakeable(order);
  const runs = runsOfFaces(faces.range, (frameIndex) => affineAt(faces, frameIndex) !== undefined, faces.shotStarts);
  if (runs.length === 0) throw noFace(faces.range);
  const isParity = settings.profile === "parity";
  if (isParity && !areRatesEqual(frameRate, frameRates["25"])) throw notAtParityRate(frameRate);
  return planWindows(runs, {
    windowFrames: config.windowFrames,
    overlapFrames: Math.min(isParity ? 0 : settings.overlapFrames, config.windowFrames - 1),
    tail: isParity ? "short" : "full",
  });
}

function requireMakeable({ faces, settings }: TakeOrder): void {
  const { referenceFrame } = settings;
  if (referenceFrame === null || affineAt(faces, referenceFrame)) return;
  throw refused("lipsync.no-reference", {
    message: `Frame ${referenceFrame} was chosen as the reference, and it shows no face of this segment.`,
    hint: "Choose a frame within the segment in which the face can be seen, or let every frame be its own reference.",
    details: { referenceFrame },
  });
}

const noFace = (range: FrameRange) =>
  refused("lipsync.no-face", {
    message: `No frame from ${range.startFrame} to ${endFrameOf(range) - 1} shows a face that can be re-synced.`,
    hint: "Track the faces of this reel, correct the track by hand, or ease the limits of eligibility.",
    details: { startFrame: range.startFrame, durationFrames: range.durationFrames },
  });

const notAtParityRate = ({ num, den }: FrameRate) =>
  refused("lipsync.parity-rate", {
    message: `The parity profile is that of a program which turns every picture into 25 frames a second; this one has ${num}/${den}.`,
    hint: "Use the usual profile, which works at the picture's own rate, or convert the picture to 25 frames a second first.",
    details: { num, den },
  });
