// How long takes will be in the making.
import { expect, test } from "vitest";
import type { JobSummary } from "../../shared/contract/index.ts";
import { settingsOfQuality, takeSettingsOf } from "../../shared/project/index.ts";
import type { RecordId, Take } from "../../shared/project/index.ts";
import { estimateSeconds, paceOf, passesOf } from "./estimate.ts";

const modelHash = "a".repeat(64);

const take: Take = {
  type: "take",
  id: "take:a" as RecordId<"take">,
  segmentId: "segment:a" as RecordId<"segment">,
  takeNumber: 1,
  settings: takeSettingsOf({ ...settingsOfQuality.full, inferenceSteps: 10, guidanceScale: 1 }, modelHash),
  contentSha256: "b".repeat(64),
  startFrame: 0,
  durationFrames: 50,
  syncConfidence: null,
  avOffsetFrames: null,
  score: null,
  createdAt: "2026-11-20T10:00:00.000Z",
  stars: 0,
  isRejected: false,
  note: "",
};

const job = (change: Partial<JobSummary> = {}): JobSummary => ({
  jobId: "job",
  kind: "segments.generate",
  title: "Take",
  state: "done",
  priority: 0,
  attempts: 1,
  createdAt: "2026-11-20T10:00:00.000Z",
  startedAt: null,
  finishedAt: null,
  failure: null,
  progress: null,
  labels: {},
  result: {
    takes: [{ takeId: take.id, segmentId: take.segmentId, contentSha256: take.contentSha256, faceFrames: 50 }],
    work: {
      framesDecoded: 50,
      facesCropped: 50,
      facesEncoded: 50,
      soundBlocksHeard: 1,
      windowsDenoised: 4,
      facesDecoded: 50,
    },
    seconds: { faces: 3, sound: 1, denoise: 20, decode: 5, store: 1 },
    provider: "cpu",
  },
  ...change,
});

test("guidance runs the network twice, and only where it acts", () => {
  expect(passesOf({ ...settingsOfQuality.full, inferenceSteps: 20, guidanceScale: 1 })).toBe(20);
  expect(passesOf({ ...settingsOfQuality.full, inferenceSteps: 20, guidanceScale: 1.5 })).toBe(40);
  expect(passesOf({ ...settingsOfQuality.full, inferenceSteps: 20, guidanceToRatio: 0.5 })).toBe(30);
});

test("the time grows with frames and passes as the last job showed", () => {
  const pace = paceOf([job()], [take]);
  expect(pace?.passSeconds).toBeCloseTo(20 / 500);
  expect(pace?.otherSeconds).toBeCloseTo(10 / 50);
  const same = { ...settingsOfQuality.full, inferenceSteps: 10, guidanceScale: 1 };
  expect(estimateSeconds(pace, same, { frames: 50, model: undefined })).toBeCloseTo(30);
  expect(estimateSeconds(pace, { ...same, inferenceSteps: 20 }, { frames: 100, model: modelHash })).toBeCloseTo(100);
});

test("nothing is said where nothing comparable was made", () => {
  expect(paceOf([job({ attempts: 2 }), job({ state: "failed" })], [take])).toBeUndefined();
  expect(paceOf([job()], [])).toBeUndefined();
  const pace = paceOf([job()], [take]);
  const order = { frames: 50, model: "another" };
  expect(estimateSeconds(pace, settingsOfQuality.full, order)).toBeUndefined();
  expect(
    estimateSeconds(pace, { ...settingsOfQuality.full, deepCacheSteps: 3 }, { ...order, model: modelHash }),
  ).toBeUndefined();
});
