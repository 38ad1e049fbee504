// Rules of what an imported file becomes.
import { expect, test } from "vitest";
import type { ContentIdentity, MediaFacts, VideoStreamFacts } from "../../shared/project/index.ts";
import { recordSchemas } from "../../shared/project/index.ts";
import { importedRecords } from "./import-records.ts";
import { importOrderSchema } from "./media-orders.ts";

const sha = "a".repeat(64);
const identity: ContentIdentity = { sizeBytes: 1, headSha256: sha, middleSha256: sha, tailSha256: sha, mediaHash: sha };

const order = importOrderSchema.parse({
  path: "media/R1 Night Train.mov",
  mediaId: "media:1",
  reelId: "reel:1",
  importedAt: "2026-11-20T10:00:00.000Z",
});

const picture = (changes: Partial<VideoStreamFacts>): VideoStreamFacts => ({
  streamIndex: 0,
  codec: "prores",
  frameRate: { num: 30_000, den: 1001 },
  isConstantFrameRate: true,
  frameCount: 100,
  frameCountFrom: "packets",
  timeBase: { num: 1, den: 30_000 },
  firstFrameTicks: 0,
  codedSize: { widthPx: 1920, heightPx: 1080 },
  displaySize: { widthPx: 1920, heightPx: 1080 },
  pixelAspectRatio: { num: 1, den: 1 },
  rotationDegrees: 0,
  pixelLayout: { name: "yuv422p10le", bitDepth: 10, chroma: "422", hasAlpha: false },
  color: {},
  fieldOrder: "progressive",
  ...changes,
});

const factsOf = (...video: readonly VideoStreamFacts[]): MediaFacts => ({
  factsVersion: 1,
  container: { kind: "mov", sizeBytes: 1, durationMs: 1 },
  video,
  audio: [],
  warnings: [],
});

const reelOf = (...video: readonly VideoStreamFacts[]) =>
  importedRecords(order, { facts: factsOf(...video), identity }).reel;

test("a picture becomes a reel of its name, rate and length", () => {
  const reel = reelOf(picture({}));
  expect(reel).toMatchObject({
    name: "R1 Night Train",
    mediaId: "media:1",
    durationFrames: 100,
    startTimecodeFrames: 0,
  });
  expect(recordSchemas.reel.safeParse(reel).success).toBe(true);
});

test.each([
  ["01:00:00;00", { num: 30_000, den: 1001 }, 107_892, true],
  ["01:00:00:00", { num: 30_000, den: 1001 }, 108_000, false],
  ["10:00:00:12", { num: 24_000, den: 1001 }, 864_012, false],
])(
  "a start timecode of %s counts frames by its own labelling",
  (label, frameRate, startTimecodeFrames, isDropFrame) => {
    const reel = reelOf(picture({ frameRate, startTimecode: { label, isDropFrame } }));
    expect(reel).toMatchObject({ startTimecodeFrames, isDropFrame });
  },
);

test("a timecode that the rate cannot carry is no reason to refuse the film", () => {
  const reel = reelOf(
    picture({ frameRate: { num: 24, den: 1 }, startTimecode: { label: "00:00:00:29", isDropFrame: false } }),
  );
  expect(reel).toMatchObject({ startTimecodeFrames: 0, isDropFrame: false });
});

test("sound alone becomes no reel", () => {
  expect(reelOf()).toBeNull();
});
