// Segments as the list shows them: joined with their reel, character and chosen take, filtered and put in order. Pure.
import type { Character, Reel, Segment, Take } from "../../shared/project/index.ts";
import { timecodeBaseOf } from "../../shared/project/index.ts";
import { formatTimecode, frameToSeconds } from "../../shared/time/index.ts";

export type SegmentRow = {
  readonly id: Segment["id"];
  readonly segment: Segment;
  readonly reel: Reel;
  readonly character: Character | undefined;
  readonly inTimecode: string;
  readonly durationSeconds: number;
  readonly takeCount: number;
  readonly selectedTake: Take | undefined;
};

export type SegmentOrder = "time" | "worst" | "longest" | "character" | "state";
export type SegmentShown = "all" | Segment["state"] | "without-take";

export type SegmentQuery = {
  readonly shown: SegmentShown;
  /** Of a character; "nobody" for those that belong to none. */
  readonly characterId: string;
  readonly reelId: string;
  readonly text: string;
  readonly order: SegmentOrder;
};

export const anyone = "anyone";
export const nobody = "nobody";
export const anyReel = "any";

export const everySegment: SegmentQuery = {
  shown: "all",
  characterId: anyone,
  reelId: anyReel,
  text: "",
  order: "time",
};

export type SegmentParts = {
  readonly segments: readonly Segment[];
  readonly takes: readonly Take[];
  readonly reels: readonly Reel[];
  readonly characters: readonly Character[];
};

/** One row per segment whose reel is there. */
export function segmentRows({ segments, takes, reels, characters }: SegmentParts): readonly SegmentRow[] {
  const reelById = new Map(reels.map((reel) => [reel.id, reel]));
  const characterById = new Map(characters.map((character) => [character.id, character]));
  const takeById = new Map(takes.map((take) => [take.id, take]));
  const takeCounts = Map.groupBy(takes, ({ segmentId }) => segmentId);
  return segments.flatMap((segment): readonly SegmentRow[] => {
    const reel = reelById.get(segment.reelId);
    if (!reel) return [];
    return [
      {
        id: segment.id,
        segment,
        reel,
        character: segment.characterId === null ? undefined : characterById.get(segment.characterId),
        inTimecode: formatTimecode(segment.startFrame, timecodeBaseOf(reel)),
        durationSeconds: frameToSeconds(segment.durationFrames, reel.frameRate),
        takeCount: takeCounts.get(segment.id)?.length ?? 0,
        selectedTake: segment.selectedTakeId === null ? undefined : takeById.get(segment.selectedTakeId),
      },
    ];
  });
}

/** Those that are asked for, in the order that is asked for; equals go by reel and time. */
export function queryRows(rows: readonly SegmentRow[], query: SegmentQuery): readonly SegmentRow[] {
  const wanted = query.text.trim().toLocaleLowerCase();
  const compare = orders[query.order];
  return rows
    .filter((row) => isShown(row, query) && (wanted === "" || textOf(row).includes(wanted)))
    .toSorted((left, right) => compare(left, right) || byTime(left, right));
}

function isShown({ segment, character, reel }: SegmentRow, { shown, characterId, reelId }: SegmentQuery): boolean {
  const isOfState =
    shown === "without-take" ? segment.selectedTakeId === null : shown === "all" || segment.state === shown;
  const isOfCharacter = characterId === anyone || (character?.id ?? nobody) === characterId;
  return isOfState && isOfCharacter && (reelId === anyReel || reel.id === reelId);
}

const textOf = ({ segment, reel, character, inTimecode }: SegmentRow): string =>
  [inTimecode, character?.name ?? "", reel.name, segment.note].join("\n").toLocaleLowerCase();

type Compare = (left: SegmentRow, right: SegmentRow) => number;

const byTime: Compare = (left, right) =>
  left.reel.order - right.reel.order || left.segment.startFrame - right.segment.startFrame;

const stateOrder: readonly Segment["state"][] = ["proposed", "to-do", "approved", "ignored"];

/** Nothing chosen is worse than any score; a chosen take that nobody could measure comes last. */
const badness = ({ selectedTake }: SegmentRow): number => {
  if (!selectedTake) return -Infinity;
  return selectedTake.syncConfidence ?? Infinity;
};

const orders: Readonly<Record<SegmentOrder, Compare>> = {
  time: byTime,
  worst: (left, right) => {
    const [a, b] = [badness(left), badness(right)];
    return a === b ? 0 : a - b;
  },
  longest: (left, right) => right.durationSeconds - left.durationSeconds,
  character: (left, right) =>
    (left.character?.order ?? Number.MAX_SAFE_INTEGER) - (right.character?.order ?? Number.MAX_SAFE_INTEGER),
  state: (left, right) => stateOrder.indexOf(left.segment.state) - stateOrder.indexOf(right.segment.state),
};
