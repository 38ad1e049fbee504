// How versions, their sound, segments and takes read in a terminal.
import type { AnswerOf, JobResultOf } from "../../shared/contract/index.ts";
import { columns, durationText, labelOf, momentText } from "./layout.ts";

export const versionLines = ({ versions }: AnswerOf<"versions.list">): readonly string[] =>
  versions.length === 0
    ? ["No versions yet; add one with: dubwright versions add LANGUAGE"]
    : columns(
        [
          ["Language", "Name", "Dialogue", "Other", "Segments", "To do", "Approved", "Takes", "Id"],
          ...versions.map((each) => [
            each.language,
            each.name,
            String(each.dialogueTracks),
            String(each.otherTracks),
            String(each.segments),
            String(each.proposed + each.toDo),
            String(each.approved),
            String(each.takes),
            each.versionId,
          ]),
        ],
        { alignRight: [2, 3, 4, 5, 6, 7] },
      );

const stems = { dialogue: "dialogue", "music-and-effects": "M&E", mix: "mix" } as const;

export const trackLines = ({ tracks }: AnswerOf<"dialogue.list">): readonly string[] =>
  tracks.length === 0
    ? ["No sound was laid in yet."]
    : [
        ...columns(
          [
            ["Starts at", "Length", "What", "File", "Sound", "Gain", "Id"],
            ...tracks.map((each) => [
              each.startsAt,
              durationText(each.durationMs),
              stems[each.stem],
              each.name,
              `${each.sampleRateHz} Hz x ${each.channelCount}`,
              `${each.gainDb} dB`,
              each.trackId,
            ]),
          ],
          { alignRight: [1, 5] },
        ),
        ...tracks.flatMap(({ name, warnings }) => warnings.map(({ message }) => `! ${name}: ${message}`)),
      ];

export const segmentLines = ({ segments }: AnswerOf<"segments.list">): readonly string[] =>
  segments.length === 0
    ? ["No segments."]
    : columns(
        [
          ["In", "Out", "Frames", "State", "Takes", "Shown", "Confidence", "Id", "Note"],
          ...segments.map((each) => [
            each.inTimecode,
            each.outTimecode,
            String(each.durationFrames),
            each.state,
            String(each.takes),
            each.selectedTakeNumber === null
              ? "source"
              : each.uncoveredFrames > 0
                ? `${each.selectedTakeNumber} (${each.uncoveredFrames} frames short)`
                : String(each.selectedTakeNumber),
            numberText(each.syncConfidence),
            each.segmentId,
            each.note.split("\n")[0] ?? "",
          ]),
        ],
        { alignRight: [2, 4, 6] },
      );

type Take = AnswerOf<"takes.list">["takes"][number];

export const takeLines = ({ takes }: AnswerOf<"takes.list">): readonly string[] =>
  takes.length === 0
    ? ["No takes yet."]
    : columns(
        [
          ["", "Take", "Steps", "Guidance", "Seed", "Confidence", "Offset", "Stars", "Made", "Id", "Note"],
          ...takes.map((take) => [
            markOf(take),
            String(take.takeNumber),
            String(take.settings.inferenceSteps),
            String(take.settings.guidanceScale),
            String(take.settings.seed),
            numberText(take.syncConfidence),
            numberText(take.avOffsetFrames),
            "*".repeat(take.stars),
            momentText(take.createdAt),
            take.takeId,
            take.note.split("\n")[0] ?? "",
          ]),
        ],
        { alignRight: [1, 2, 3, 4, 5, 6] },
      );

function markOf({ isSelected, isRejected }: Take): string {
  if (isSelected) return "shown";
  return isRejected ? "rejected" : "";
}

export const comparedLines = ({ takes, differences }: AnswerOf<"takes.compare">): readonly string[] =>
  differences.length === 0
    ? ["These takes were made with the same settings and measure the same."]
    : columns(
        [
          ["", ...takes.map(({ takeNumber }) => `Take ${takeNumber}`)],
          ...differences.map(({ name, values }) => [
            labelOf(name),
            ...values.map((value) => (typeof value === "number" ? numberText(value) : String(value ?? "-"))),
          ]),
        ],
        { alignRight: takes.map((_, index) => index + 1) },
      );

const numberText = (value: number | null): string =>
  value === null ? "-" : Number.isInteger(value) ? String(value) : value.toFixed(2);

export const addedSoundLines = ({ trackId, warnings }: AnswerOf<"dialogue.add">): readonly string[] => [
  trackId,
  ...warnings.map(({ message }) => `! ${message}`),
];

export const proposedLines = (result: JobResultOf<"segments.propose">): readonly string[] => [
  `${countOf(result.found, "segment")} proposed; ${result.speechFrames} frames of speech heard.`,
  ...result.warnings.map(({ message }) => `! ${message}`),
];

export const renderedLines = (result: JobResultOf<"render.range">): readonly string[] => [
  result.path,
  ...columns([
    ["Picture", `${countOf(result.frames, "frame")} of ${result.codec}${fromText(result.startTimecode)}`],
    ["Re-synced", `${countOf(result.touchedFrames, "frame")} in ${countOf(result.segments, "segment")}`],
    ["Sound", countOf(result.audioTracks, "track")],
  ]),
  ...result.warnings.map(({ message }) => `! ${message}`),
];

const fromText = (timecode: string | null): string => (timecode === null ? "" : ` from ${timecode}`);

export const scoredLines = ({ scores }: JobResultOf<"takes.score">): readonly string[] =>
  scores.flatMap(({ takeId, syncConfidence, avOffsetFrames, score }) => [
    takeId,
    ...columns(
      [
        ["Sync confidence", numberText(syncConfidence), `source ${numberText(score.sourceSyncConfidence)}`],
        ["Offset in frames", numberText(avOffsetFrames), `source ${numberText(score.sourceAvOffsetFrames)}`],
        [
          "Mouth with dialogue",
          numberText(score.mouthCorrelation),
          `source ${numberText(score.sourceMouthCorrelation)}`,
        ],
        ["Unsteadiness", numberText(score.jitterRatio), "times the source's"],
        ["Outside the mask", numberText(score.changedOutsideMask), "samples changed"],
      ],
      { indent: 2, alignRight: [1] },
    ),
    ...(score.syncNetwork === null
      ? ["  No sync network is installed: dubwright models list shows where to get one."]
      : [`  Sync by ${score.syncNetwork}.`]),
  ]);

const countOf = (count: number, what: string): string => `${count} ${count === 1 ? what : `${what}s`}`;
