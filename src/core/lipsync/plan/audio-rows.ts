// Which rows of sound a frame hears: embeddings come 50 a second, a frame hears ten of them. Dossier 1.9.
import type { FrameRate } from "../../../shared/time/index.ts";

export const rowsPerSecond = 50;
/** Samples of 16 kHz sound under a row. */
export const samplesPerRow = 320;

/** Rows before and after the one that lies under a frame's start at 25 frames a second; published: 4 and 5. */
export type Hearing = { readonly rowsBefore: number; readonly rowsAfter: number };

export const publishedHearing: Hearing = { rowsBefore: 4, rowsAfter: 5 };

export const rowsHeard = ({ rowsBefore, rowsAfter }: Hearing): number => rowsBefore + 1 + rowsAfter;

/**
 * The first row that frame `frameIndex` of the reel hears; row 0 begins where the reel does. The published window spans
 * 100 ms to either side of the frame's middle, and so does this at every rate, to the nearest row (10 ms at most), with
 * no drift: the middle is (2 f + 1) / 2 frames from the start. At 25 frames a second it is 2 f - 4, as published.
 */
export function firstRowHeard(
  frameIndex: number,
  { num, den }: FrameRate,
  hearing: Hearing = publishedHearing,
): number {
  // At 25 the middle of a frame lies one row after its start; the window reaches as far to both sides of `centre`.
  const { rowsBefore } = hearing;
  const middleTimesTwo = rowsPerSecond * (2 * frameIndex + 1) * den; // over 2 num
  return Math.floor((middleTimesTwo + num) / (2 * num)) - 1 - rowsBefore;
}

/** Rows of a range of frames, as [first, one past the last). */
export function rowsOfFrames(
  { startFrame, durationFrames }: { readonly startFrame: number; readonly durationFrames: number },
  rate: FrameRate,
  hearing: Hearing,
): readonly [firstRow: number, endRow: number] {
  const last = firstRowHeard(startFrame + durationFrames - 1, rate, hearing);
  return [firstRowHeard(startFrame, rate, hearing), last + rowsHeard(hearing)];
}

/** Published behaviour: frame f counted from the sound's start hears rows 2 f - 4 to 2 f + 5, edge rows repeated. */
export function parityRowsHeard(frameFromStart: number, rowCount: number, hearing: Hearing): readonly number[] {
  const centre = Math.trunc((frameFromStart * rowsPerSecond) / 25);
  return Array.from({ length: rowsHeard(hearing) }, (_, at) =>
    Math.min(rowCount - 1, Math.max(0, centre - hearing.rowsBefore + at)),
  );
}

/** Published: always about two frames more than the sound lasts; 50 rows a second against 25 frames. */
export const parityWindowCount = (rowCount: number): number => Math.floor(rowCount / 2) + 2;
