// Stages work ahead by a bound and no further, and memory that runs out halves what is done at once.
import { expect, test } from "vitest";
import { failed } from "../../../shared/failure/index.ts";
import { batcher, workAhead } from "./streams.ts";

/** Counts up to `last`, telling what was begun and whether it was ended. */
function counter(last: number) {
  const seen = { begun: 0, isEnded: false };
  async function* count() {
    try {
      for (let value = 1; value <= last; value++) {
        seen.begun = value;
        await Promise.resolve();
        yield value;
      }
    } finally {
      seen.isEnded = true;
    }
  }
  return { seen, source: count() };
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

test("items come in order, and the source is never further ahead than it may be", async () => {
  const { seen, source } = counter(20);
  const taken: number[] = [];
  for await (const value of workAhead(source, 3)) {
    taken.push(value);
    await settle();
    expect(seen.begun).toBeLessThanOrEqual(value + 4);
    expect(seen.begun).toBeGreaterThanOrEqual(Math.min(20, value + 3));
  }
  expect(taken).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
  expect(seen.isEnded).toBe(true);
});

test("leaving early ends the source", async () => {
  const { seen, source } = counter(20);
  for await (const value of workAhead(source, 2)) if (value === 4) break;
  expect(seen.isEnded).toBe(true);
  expect(seen.begun).toBeLessThan(10);
});

test("a failure comes after the items before it", async () => {
  async function* failing() {
    yield 1;
    yield await Promise.resolve(2);
    throw new Error("torn");
  }
  const taken: number[] = [];
  const run = async () => {
    for await (const value of workAhead(failing(), 5)) taken.push(value);
  };
  await expect(run()).rejects.toThrow("torn");
  expect(taken).toEqual([1, 2]);
});

const memoryFull = () => failed("onnx.out-of-memory", { message: "There is no more memory." });

test("a group that does not fit is halved, nothing is done twice, and later groups stay small", async () => {
  const halved: number[] = [];
  const groups: number[] = [];
  const batches = batcher(8, (size) => halved.push(size));
  const work = (group: readonly number[]) => {
    if (group.length > 2) return Promise.reject(memoryFull());
    groups.push(group.length);
    return Promise.resolve(group.map((item) => item * 10));
  };
  expect(await batches.run([1, 2, 3, 4, 5, 6, 7, 8, 9], work)).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90]);
  expect(await batches.run([1, 2, 3], work)).toEqual([10, 20, 30]);
  expect(halved).toEqual([4, 2]);
  expect(groups).toEqual([2, 2, 2, 2, 1, 2, 1]);
});

test("one item that does not fit by itself is a failure, and so is anything else", async () => {
  const batches = batcher(2, () => undefined);
  await expect(batches.run([1, 2], () => Promise.reject(memoryFull()))).rejects.toMatchObject({
    code: "onnx.out-of-memory",
  });
  await expect(batches.run([1], () => Promise.reject(new Error("other")))).rejects.toThrow("other");
});
