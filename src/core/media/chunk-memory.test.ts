// What becomes of a chunk's memory.
import { expect, test } from "vitest";
import { releaseChunk } from "./chunk-memory.ts";

test("a chunk with memory of its own gives it back", () => {
  const chunk = Buffer.from(new ArrayBuffer(65_536));
  releaseChunk(chunk);
  expect([chunk.length, chunk.buffer.byteLength]).toEqual([0, 0]);
});

test("a chunk that shares its memory leaves the others theirs", () => {
  const memory = new ArrayBuffer(16);
  const [first, second] = [Buffer.from(memory, 0, 8), Buffer.from(memory, 8, 8).fill(7)];
  releaseChunk(first);
  expect([...second]).toEqual([7, 7, 7, 7, 7, 7, 7, 7]);
});
