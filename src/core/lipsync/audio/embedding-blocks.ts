// Sound in overlapping blocks as long as the audio network hears at once, so that no row stands at a block's edge and
// none depends on where a segment begins: the blocks lie on a grid fixed to the reel.
import { samplesPerRow } from "../plan/audio-rows.ts";

/** Rows counted from the reel's start; they may be negative, where there is silence. */
export type RowRange = { readonly firstRow: number; readonly rowCount: number };

export type EmbeddingBlock = {
  /** The whole block, all of the network's positions. */
  readonly firstRow: number;
  readonly firstSample: number;
  readonly sampleCount: number;
};

/** How a grid of blocks is laid for a network of `positions` rows (1500 for 30 s). */
export type BlockGrid = {
  readonly positions: number;
  /** From block to block: two thirds of a block. */
  readonly strideRows: number;
  /** Rows at either end of a block that nothing is taken from, but for the fade. */
  readonly marginRows: number;
  /** Over so many rows, half to either side of a border, one block fades into the next. */
  readonly fadeRows: number;
};

export function blockGrid(positions: number): BlockGrid {
  const marginRows = Math.floor(positions / 6);
  const fadeRows = 2 * Math.floor(positions / 30);
  return { positions, strideRows: positions - 2 * marginRows, marginRows, fadeRows };
}

/** The block that owns rows [index * stride, (index + 1) * stride). */
const blockAt = (index: number, { strideRows, marginRows, positions }: BlockGrid): EmbeddingBlock => {
  const firstRow = index * strideRows - marginRows;
  return { firstRow, firstSample: firstRow * samplesPerRow, sampleCount: positions * samplesPerRow };
};

/** The blocks that have a part in the given rows, in order. */
export function blocksOf({ firstRow, rowCount }: RowRange, grid: BlockGrid): readonly EmbeddingBlock[] {
  const half = grid.fadeRows / 2;
  const first = Math.floor((firstRow - half) / grid.strideRows);
  const last = Math.floor((firstRow + rowCount - 1 + half) / grid.strideRows);
  return Array.from({ length: last - first + 1 }, (_, at) => blockAt(first + at, grid));
}

/**
 * The part of a block in a row, 0..1: 1 within its own stretch, falling to 0 along a straight line across each border. The
 * parts of all blocks in a row sum to 1.
 */
export function partOfBlock(
  row: number,
  block: EmbeddingBlock,
  { strideRows, marginRows, fadeRows }: BlockGrid,
): number {
  const begin = block.firstRow + marginRows;
  const rise = (border: number): number =>
    fadeRows === 0 ? (row >= border ? 1 : 0) : Math.min(1, Math.max(0, (row + 0.5 - border) / fadeRows + 0.5));
  return rise(begin) - rise(begin + strideRows);
}
