// Blocks of sound meet without a seam, and a row is made of the same blocks whoever asks for it.
import fc from "fast-check";
import { expect, test } from "vitest";
import { blockGrid, blocksOf, partOfBlock } from "./embedding-blocks.ts";

const grids = [1500, 40, 100, 6].map(blockGrid);
const asked = fc.record({
  grid: fc.constantFrom(...grids),
  firstRow: fc.integer({ min: -2000, max: 400_000 }),
  rowCount: fc.integer({ min: 1, max: 4000 }),
});

test("the parts of all blocks in a row sum to one, and a block has a part only in rows it holds", () => {
  fc.assert(
    fc.property(asked, ({ grid, firstRow, rowCount }) => {
      const blocks = blocksOf({ firstRow, rowCount }, grid);
      for (const row of [firstRow, firstRow + Math.floor(rowCount / 2), firstRow + rowCount - 1]) {
        const parts = blocks.map((block) => partOfBlock(row, block, grid));
        expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(1, 12);
        for (const [at, part] of parts.entries()) {
          const { firstRow: begin = 0 } = blocks[at] ?? {};
          if (part > 0) expect(row >= begin && row < begin + grid.positions).toBe(true);
        }
      }
    }),
  );
});

test("from row to row a block's part changes by one fade step at most: there is no seam", () => {
  const grid = blockGrid(1500);
  const blocks = blocksOf({ firstRow: 0, rowCount: 3000 }, grid);
  for (const block of blocks)
    for (let row = 1; row < 3000; row++)
      expect(Math.abs(partOfBlock(row, block, grid) - partOfBlock(row - 1, block, grid))).toBeLessThanOrEqual(
        1 / grid.fadeRows + 1e-12,
      );
});

test("a row of a longer range is made of the same blocks as the row by itself", () => {
  fc.assert(
    fc.property(asked, ({ grid, firstRow, rowCount }) => {
      const inRange = blocksOf({ firstRow, rowCount }, grid).filter((block) => partOfBlock(firstRow, block, grid) > 0);
      const alone = blocksOf({ firstRow, rowCount: 1 }, grid).filter((block) => partOfBlock(firstRow, block, grid) > 0);
      expect(alone).toEqual(inRange);
    }),
  );
});

test("blocks of 30 s keep the 20 s in their middle and fade over 2 s", () => {
  expect(blockGrid(1500)).toEqual({ positions: 1500, strideRows: 1000, marginRows: 250, fadeRows: 100 });
});
