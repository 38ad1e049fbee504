// In which lane and which of its rows each face track lies. Pure.
import type { Character, FaceTrack, RecordId } from "../../shared/project/index.ts";

export type FaceLane = {
  /** Undefined: tracks of nobody yet. */
  readonly character: Character | undefined;
  /** Tracks of one row never overlap and are in order of time. */
  readonly rows: readonly (readonly FaceTrack[])[];
};

/** Faces that are at once in a frame lie under each other; of a crowd only so many rows are drawn, largest faces first. */
export const mostRows = 5;

/** A lane for each character that is seen, in their order, then one for tracks of nobody. Tracks come in order of time. */
export function faceLanes(tracks: readonly FaceTrack[], characters: readonly Character[]): readonly FaceLane[] {
  const known = new Set(characters.map(({ id }) => id));
  const ownerOf = ({ characterId }: FaceTrack): RecordId<"character"> | undefined =>
    characterId !== null && known.has(characterId) ? characterId : undefined;
  const byOwner = Map.groupBy(tracks, ownerOf);
  const lanes = [...characters, undefined].flatMap((character): readonly FaceLane[] => {
    const owned = byOwner.get(character?.id);
    return owned ? [{ character, rows: packRows(owned) }] : [];
  });
  return lanes;
}

const endOf = ({ startFrame, durationFrames }: FaceTrack): number => startFrame + durationFrames;

/** Each track in the first row that is free where it begins; among tracks that begin together the largest face first. */
function packRows(tracks: readonly FaceTrack[]): readonly (readonly FaceTrack[])[] {
  const rows: FaceTrack[][] = [];
  const inOrder = tracks.toSorted((a, b) => a.startFrame - b.startFrame || b.medianFaceSizePx - a.medianFaceSizePx);
  for (const track of inOrder) {
    const free = rows.find((row) => {
      const last = row.at(-1);
      return !last || endOf(last) <= track.startFrame;
    });
    if (free) free.push(track);
    else if (rows.length < mostRows) rows.push([track]);
  }
  return rows;
}

/** Those of a row that touch the frames from `startFrame` to before `endFrame`: found by halving, not by looking at all. */
export function tracksWithin<Placed extends { readonly startFrame: number; readonly durationFrames: number }>(
  row: readonly Placed[],
  startFrame: number,
  endFrame: number,
): readonly Placed[] {
  const first = lowerBound(row, ({ startFrame: from, durationFrames }) => from + durationFrames > startFrame);
  const after = lowerBound(row, (placed) => placed.startFrame >= endFrame);
  return row.slice(first, after);
}

/** The place of the first that fulfils what all after it fulfil, too. */
function lowerBound<Item>(items: readonly Item[], isFrom: (item: Item) => boolean): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const item = items[middle];
    if (item !== undefined && isFrom(item)) high = middle;
    else low = middle + 1;
  }
  return low;
}
