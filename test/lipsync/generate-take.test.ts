// Takes made of real film, real sound and real networks with random weights: frame for frame, from warm caches, after any end.
import { join } from "node:path";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { diskFailure } from "../../src/core/base/index.ts";
import { fileCache, forgetWindows, generateTake, openTake, verifyTake } from "../../src/core/lipsync/index.ts";
import type { FileCache, TakeOrder, WorkDone } from "../../src/core/lipsync/index.ts";
import { frameRates } from "../../src/shared/time/index.ts";
import { ffmpeg } from "../support/media.ts";
import { lipsyncStage, makeClip, makeDialogue, wanderingFace } from "../support/lipsync-stage.ts";

let stage: Awaited<ReturnType<typeof lipsyncStage>>;
let files: { readonly picture: string; readonly dialogue: string; readonly other: string };

beforeAll(async () => {
  stage = await lipsyncStage();
  const at = (name: string) => join(stage.folder, name);
  files = { picture: at("picture.mkv"), dialogue: at("de.wav"), other: at("fr.wav") };
  await makeClip(files.picture, { rate: "24000/1001", frameCount: 50 });
  await makeDialogue(files.dialogue, { seconds: 2 });
  await makeDialogue(files.other, { seconds: 3, expression: "0.4*sin(2*PI*300*t*(1+0.1*sin(2*PI*t)))" });
}, 120_000);
afterAll(() => stage[Symbol.asyncDispose]());

let takeCount = 0;
const freshPath = () => join(stage.folder, `take-${(takeCount += 1)}.take`);
const orderOf = (change: Parameters<typeof stage.order>[1] = {}, dialogue = files.dialogue): Promise<TakeOrder> =>
  stage.order({ picture: files.picture, dialogue, rate: frameRates["23.976"] }, change);

describe("a take", () => {
  test("has a face for every frame that has one, where the frame had it, and nothing elsewhere", async () => {
    const range = { startFrame: 3, durationFrames: 45 };
    const faces = wanderingFace(range, { sizePx: stage.files.config.faceSizePx, without: [20, 21], cuts: [30] });
    const path = freshPath();
    const order = await orderOf({ faces });
    const made = await generateTake(order, path, stage.tools());
    expect(made.faceFrames).toBe(43);
    expect(await verifyTake(path)).toBe(43);
    await using take = await openTake(path);
    expect(take.range).toEqual(range);
    for (let frame = 3; frame < 48; frame++) {
      const found = await take.readFrame(frame);
      expect(found?.frameToFace).toEqual(faces.frameToFace[frame - 3]);
      if (found) expect(found.face.values.every((value) => value >= -1 && value <= 1)).toBe(true);
    }
  });

  test("comes out the same to the bit, whatever the batch, and with warm caches", async () => {
    const order = await orderOf();
    const [first, second, third] = [freshPath(), freshPath(), freshPath()];
    await generateTake(order, first, stage.tools());
    await forgetWindows(order, stage.tools());
    await generateTake(order, second, stage.tools({ batches: { windows: 1, pictures: 3 } }));
    const cache = fileCache(join(stage.folder, "another-cache"));
    await generateTake(order, third, stage.tools({ cache, batches: { windows: 3, pictures: 16 } }));
    const bytes = await readFile(first);
    expect((await readFile(second)).equals(bytes)).toBe(true);
    expect((await readFile(third)).equals(bytes)).toBe(true);
  });
});

const lengths = [
  ["23.976", "24000/1001", 1],
  ["24", "24", 15],
  ["25", "25", 16],
  ["29.97", "30000/1001", 17],
  ["30", "30", 31],
  ["50", "50", 17],
  ["59.94", "60000/1001", 31],
] as const;

test.for(lengths)(
  "at %s every frame of a clip has its own face, by windows that are full",
  async ([label, rate, frameCount]) => {
    const picture = join(stage.folder, `at-${label}.mkv`);
    await makeClip(picture, { rate, frameCount });
    const order = await stage.order({ picture, dialogue: files.dialogue, rate: frameRates[label] });
    const path = freshPath();
    const { faceFrames } = await generateTake(order, path, stage.tools());
    await using take = await openTake(path);
    expect(faceFrames).toBe(frameCount);
    expect(take.range).toEqual({ startFrame: 0, durationFrames: frameCount });
    expect(take.header.frameRate).toEqual(frameRates[label]);
    expect(await verifyTake(path)).toBe(frameCount);
  },
);

describe("odd sound", () => {
  const sounds = {
    "shorter than the picture": ["-f", "lavfi", "-i", "sine=duration=0.3"],
    silent: ["-f", "lavfi", "-i", "anullsrc=r=48000:cl=stereo", "-t", "2"],
    "at 8 kHz": ["-f", "lavfi", "-i", "sine=frequency=300:sample_rate=8000:duration=2"],
    "in 7.1": [
      "-f",
      "lavfi",
      "-i",
      "sine=duration=2",
      "-af",
      "pan=7.1|c0=c0|c1=c0|c2=c0|c3=c0|c4=c0|c5=c0|c6=c0|c7=c0",
    ],
    clipped: ["-f", "lavfi", "-i", "sine=duration=2", "-af", "volume=40dB"],
  };

  test.for(Object.entries(sounds))("that is %s makes a whole take", async ([name, args]) => {
    const dialogue = join(stage.folder, `${name.replaceAll(/[^a-z0-9]/g, "-")}.wav`);
    await ffmpeg(...args, dialogue);
    const path = freshPath();
    await generateTake(await orderOf({}, dialogue), path, stage.tools());
    expect(await verifyTake(path)).toBe(50);
  });

  test("between words is silence to the network, unless it shall be heard as it is", async () => {
    const dialogue = join(stage.folder, "hiss.wav");
    // Two words with a hiss of -50 dB under everything.
    const said = "0.4*sin(2*PI*200*t)*(lt(t,0.4)+gt(t,1.7)*lt(t,2))+0.003*(random(0)-0.5)";
    await makeDialogue(dialogue, { seconds: 2, expression: said });
    const pixelsOf = async (silence: "rest" | "as-heard") => {
      const path = freshPath();
      await generateTake(await orderOf({ settings: { silence } }, dialogue), path, stage.tools());
      await using take = await openTake(path);
      return (await take.readFrame(24))?.face.values;
    };
    expect(await pixelsOf("rest")).not.toEqual(await pixelsOf("as-heard"));
  });
});

describe("settings", () => {
  const bytesWith = async (settings: Partial<TakeOrder["settings"]>) => {
    const path = freshPath();
    const faces = wanderingFace({ startFrame: 0, durationFrames: 30 }, { sizePx: stage.files.config.faceSizePx });
    await generateTake(await orderOf({ settings, faces }), path, stage.tools());
    await using take = await openTake(path);
    return (await take.readFrame(20))?.face.values ?? expect.fail("a face");
  };

  test("each change what is made: seed, steps, guidance and where, sampler, overlap, noise, mask, reference, cached steps", async () => {
    const usual = await bytesWith({});
    const changes: readonly Partial<TakeOrder["settings"]>[] = [
      { seed: 2 },
      { inferenceSteps: 3 },
      { guidanceScale: 3 },
      { guidanceToRatio: 0.5 },
      { sampler: "unipc", inferenceSteps: 3 },
      { overlapFrames: 8 },
      { sharedNoise: 0.5 },
      { mask: "lower" },
      { referenceFrame: 3 },
      { deepCacheSteps: 2 },
      { spacing: "trailing" },
    ];
    for (const change of changes) expect(await bytesWith(change), JSON.stringify(change)).not.toEqual(usual);
  });

  test("that name a reference outside the segment are refused", async () => {
    const range = { startFrame: 0, durationFrames: 20 };
    const faces = wanderingFace(range, { sizePx: stage.files.config.faceSizePx });
    const order = await orderOf({ faces, settings: { referenceFrame: 30 } });
    await expect(generateTake(order, freshPath(), stage.tools())).rejects.toMatchObject({
      code: "lipsync.no-reference",
    });
  });

  test("at one frame a window across a cut is not blended: the frames before a cut do not touch those after it", async () => {
    const range = { startFrame: 0, durationFrames: 40 };
    const sizePx = stage.files.config.faceSizePx;
    const after = async (startFrame: number) => {
      const path = freshPath();
      const part = { startFrame, durationFrames: 40 - startFrame };
      const faces = wanderingFace(startFrame === 0 ? range : part, { sizePx, cuts: [20] });
      await generateTake(await orderOf({ faces }), path, stage.tools());
      await using take = await openTake(path);
      return [(await take.readFrame(20))?.face.values, (await take.readFrame(39))?.face.values];
    };
    expect(await after(0)).toEqual(await after(20));
  });
});

const cacheOf = (name: string) => ({ cache: fileCache(join(stage.folder, name)) });

describe("caches", () => {
  const faceWork = ({ framesDecoded, facesCropped, facesEncoded }: WorkDone) =>
    framesDecoded + facesCropped + facesEncoded;

  test("a second take with another seed does no work on faces or sound; a second language none on faces", async () => {
    const tools = stage.tools(cacheOf("warm"));
    const first = await generateTake(await orderOf(), freshPath(), tools);
    expect(first.work).toMatchObject({ framesDecoded: 50, facesCropped: 50, facesEncoded: 50 });
    expect(first.work.soundBlocksHeard).toBeGreaterThan(0);
    const seeded = await generateTake(await orderOf({ settings: { seed: 5 } }), freshPath(), tools);
    expect(faceWork(seeded.work)).toBe(0);
    expect(seeded.work.soundBlocksHeard).toBe(0);
    expect(seeded.work.windowsDenoised).toBe(first.work.windowsDenoised);
    const french = await generateTake(await orderOf({}, files.other), freshPath(), tools);
    expect(faceWork(french.work)).toBe(0);
    expect(french.work.soundBlocksHeard).toBeGreaterThan(0);
  });

  test("a trimmed segment crops and encodes only where the grid's stretches differ", async () => {
    const tools = stage.tools(cacheOf("trimmed"));
    await generateTake(await orderOf(), freshPath(), tools);
    const range = { startFrame: 2, durationFrames: 46 };
    const faces = wanderingFace(range, { sizePx: stage.files.config.faceSizePx });
    const { work } = await generateTake(await orderOf({ faces }), freshPath(), tools);
    expect(work.facesCropped).toBe(14);
    expect(work.soundBlocksHeard).toBe(0);
  });
});

describe("an end in the middle", () => {
  test("leaves finished windows, and the next attempt makes only the others, to the same bytes", async () => {
    const order = await orderOf({ settings: { seed: 77 } });
    const straight = freshPath();
    await generateTake(order, straight, stage.tools());
    await forgetWindows(order, stage.tools());
    const controller = new AbortController();
    const windows: number[] = [];
    const stopping = stage.tools({
      signal: controller.signal,
      batches: { windows: 1, pictures: 8 },
      onWindow: ({ index }) => {
        windows.push(index);
        if (index === 1) controller.abort(new Error("pulled the plug"));
        return Promise.resolve();
      },
    });
    const path = freshPath();
    await expect(generateTake(order, path, stopping)).rejects.toThrow("pulled the plug");
    expect(windows).toEqual([0, 1]);
    const { windowsFound, work } = await generateTake(order, path, stage.tools());
    expect(windowsFound).toBe(2);
    expect(work.windowsDenoised).toBe(2);
    expect((await readFile(path)).equals(await readFile(straight))).toBe(true);
  });

  test("by a full disk, at any write, is told as such, leaves no take, and goes on once there is room", async () => {
    const faces = wanderingFace({ startFrame: 0, durationFrames: 18 }, { sizePx: stage.files.config.faceSizePx });
    const order = await orderOf({ settings: { seed: 78 }, faces });
    const straight = freshPath();
    await generateTake(order, straight, stage.tools(cacheOf("room")));
    const cache = fileCache(join(stage.folder, "scarce"));
    const path = freshPath();
    let isDone = false;
    // Each attempt has room for three more files.
    for (let attempt = 0; attempt < 12 && !isDone; attempt++) {
      let left = 3;
      const write: FileCache["write"] = async (kind, key, pack) => {
        const full = Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC", syscall: "write" });
        if (left === 0) throw diskFailure("write", key, full);
        left -= 1;
        await cache.write(kind, key, pack);
      };
      const attempted = await Promise.allSettled([
        generateTake(order, path, stage.tools({ cache: { ...cache, write } })),
      ]);
      isDone = attempted[0].status === "fulfilled";
      if (attempted[0].status === "rejected") {
        expect(attempted[0].reason).toMatchObject({ code: "disk.full" });
        expect(existsSync(path)).toBe(false);
      }
    }
    expect((await readFile(path)).equals(await readFile(straight))).toBe(true);
  });
});
