// How shots, face tracks, what can be re-synced of them, and characters read in a terminal.
import type { AnswerOf } from "../../shared/contract/index.ts";
import { columns } from "./layout.ts";

export const shotLines = ({ shots }: AnswerOf<"shots.list">): readonly string[] =>
  shots.length === 0
    ? ["No shots yet; say: shots detect, or shots import."]
    : columns(
        [
          ["", "In", "Out", "Frames", "Begins with", "Decided by", "Faces", "Id"],
          ...shots.map((shot, index) => [
            String(index + 1),
            shot.inTimecode,
            shot.outTimecode,
            String(shot.durationFrames),
            shot.opensWith,
            shot.decidedBy,
            String(shot.faceTracks),
            shot.shotId,
          ]),
        ],
        { alignRight: [0, 3, 6] },
      );

export const importedCutLines = ({ shots, notes }: AnswerOf<"shots.import">): readonly string[] => [
  `${shots} ${shots === 1 ? "shot" : "shots"}.`,
  ...notes.map((note) => `! ${note}`),
];

export const faceTrackLines = ({ tracks }: AnswerOf<"faces.list">): readonly string[] =>
  tracks.length === 0
    ? ["No face tracks; say: faces track."]
    : columns(
        [
          ["In", "Out", "Frames", "Eligible", "Size", "Character", "Decided by", "Id"],
          ...tracks.map((track) => [
            track.inTimecode,
            track.outTimecode,
            String(track.durationFrames),
            shareText(track.eligibleFrames, track.durationFrames),
            `${Math.round(track.medianFaceSizePx)} px`,
            track.characterId ?? "-",
            track.decidedBy,
            track.trackId,
          ]),
        ],
        { alignRight: [2, 3, 4] },
      );

const shareText = (part: number, whole: number): string => `${whole === 0 ? 0 : Math.round((100 * part) / whole)} %`;

type Limits = AnswerOf<"faces.limits">["limits"];

const degreesText = (radians: number): string => `${Math.round((radians * 180) / Math.PI)} degrees`;

const limitRows = (limits: Limits): readonly (readonly string[])[] => [
  ["Least face height", `${limits.leastFaceHeightPx} px`],
  ["Least share in frame", String(limits.leastInFrameRatio)],
  ["Most turned", degreesText(limits.mostYawRadians)],
  ["Most tilted", degreesText(limits.mostPitchRadians)],
  ["Least sharpness", String(limits.leastSharpnessRatio)],
  ["Most hidden", String(limits.mostHiddenRatio)],
  ["Least run", `${limits.leastRunFrames} frames`],
];

export function eligibilityLines(answer: AnswerOf<"faces.eligibility">): readonly string[] {
  const { tracks, faceFrames, eligibleFrames, eligibleFramesNow, isTrial, reasons, limits } = answer;
  const change = eligibleFrames - eligibleFramesNow;
  return [
    ...columns([
      ["Face tracks", String(tracks)],
      ["Frames with a face", String(faceFrames)],
      ["Eligible", `${eligibleFrames} (${shareText(eligibleFrames, faceFrames)})`],
      ...(isTrial ? [["Against now", `${change >= 0 ? "+" : ""}${change} frames`]] : []),
    ]),
    ...(reasons.length === 0
      ? []
      : columns(
          [
            ["Not eligible", "Frames", "Tracks"],
            ...reasons.map((each) => [each.reason, String(each.frames), String(each.tracks)]),
          ],
          {
            alignRight: [1, 2],
          },
        )),
    ...columns([[isTrial ? "Limits tried" : "Limits", ""], ...limitRows(limits)]),
  ];
}

export const limitLines = ({ limits, eligibleFrames }: AnswerOf<"faces.limits">): readonly string[] =>
  columns([["Eligible frames", String(eligibleFrames)], ...limitRows(limits)]);

export const characterLines = ({ characters }: AnswerOf<"characters.list">): readonly string[] =>
  characters.length === 0
    ? ["No characters yet."]
    : columns(
        [
          ["Name", "Face tracks", "Segments", "Consent", "Hue", "Id"],
          ...characters.map((each) => [
            each.name,
            String(each.faceTracks),
            String(each.segments),
            each.hasConsent ? "recorded" : "none",
            String(each.hueDegrees),
            each.characterId,
          ]),
        ],
        { alignRight: [1, 2, 4] },
      );
