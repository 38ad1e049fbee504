// Takes made of real film, real sound and real networks with random weights: frame for frame, from warm caches, after any end.
import { join } from "node:path";
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fileCache, forgetWindows, generateTake, openTake, verifyTake } from "../../src/core/lipsync/index.ts";
import type { TakeOrder, WorkDone } from "../../src/core/lipsync/index.ts";
import { frameRates } from "../../src/shared/time/index.ts";
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

describe("caches", () => {
  const cacheOf = (name: string) => ({ cache: fileCache(join(stage.folder, name)) });
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
});
