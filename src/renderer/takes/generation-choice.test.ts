// What is asked of the core for the settings a person has chosen.
import { expect, test } from "vitest";
import { settingsOfQuality } from "../../shared/project/index.ts";
import type { RecordId } from "../../shared/project/index.ts";
import { callsOf, presetOf } from "./generation-choice.ts";

const ids = ["segment:a", "segment:b"].map((id) => id as RecordId<"segment">);
const settings = { ...settingsOfQuality.draft, seed: 7 };

function seedsFrom(first: number): () => number {
  let next = first;
  return () => next++;
}

test("a fixed seed and a new one make one job of all segments", () => {
  const of = (seedMode: "fixed" | "new") =>
    callsOf(ids, { choice: { settings, seedMode, model: undefined }, freshSeed: seedsFrom(100) });
  expect(of("fixed")).toMatchObject([{ segmentIds: ids, seed: 7, steps: 4, guidance: 1, quality: "full" }]);
  expect(of("new")).toMatchObject([{ segmentIds: ids, seed: 100 }]);
});

test("a seed for each take makes a job of each segment", () => {
  const calls = callsOf(ids, { choice: { settings, seedMode: "per-take", model: "abc" }, freshSeed: seedsFrom(5) });
  expect(calls.map(({ segmentIds, seed, model }) => ({ segmentIds, seed, model }))).toEqual([
    { segmentIds: ["segment:a"], seed: 5, model: "abc" },
    { segmentIds: ["segment:b"], seed: 6, model: "abc" },
  ]);
});

test("settings are a preset whatever their seed, and none once anything else differs", () => {
  expect(presetOf(settings)).toBe("draft");
  expect(presetOf({ ...settingsOfQuality.parity, seed: 3 })).toBe("parity");
  expect(presetOf({ ...settings, inferenceSteps: 5 })).toBeUndefined();
});
