// A job in words: numbers that help, coarser the longer it takes.
import { beforeAll, expect, test } from "vitest";
import i18next from "i18next";
import type { TFunction } from "i18next";
import { startI18n } from "../i18n/setup.ts";
import { rateText, timeLeft } from "./describe-job.ts";

let t: TFunction;
beforeAll(async () => {
  t = (await startI18n("en")).t;
});

test("time left is told in seconds, minutes, then hours, and never as zero", () => {
  expect([0, 38_000, 250_000, 3_900_000].map((leftMs) => timeLeft(leftMs, t))).toEqual([
    "1 s",
    "38 s",
    "4 min 10 s",
    "1 h 5 min",
  ]);
});

test("a rate has its unit; an unknown one is left out", () => {
  const progress = { jobId: "a", doneRatio: 0, done: 0, total: 1, leftMs: null, stage: "" };
  const of = (unit: string, perSecond: number | null) =>
    rateText({ ...progress, unit, perSecond }, { t, language: "en" });
  expect(of("frames", 118.4)).toBe("118 frames/s");
  expect(of("bytes", 2_500_000)).toBe("2.5 MB/s");
  expect(of("frames", null)).toBeUndefined();
});

test("the same in Chinese", async () => {
  await i18next.changeLanguage("zh-Hans");
  expect(timeLeft(250_000, t)).toBe("4 分 10 秒");
});
