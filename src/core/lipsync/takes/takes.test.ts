// Takes come back to the bit, any frame by itself, and what is not whole is never read as one.
import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { randomFrom } from "../../base/index.ts";
import { codesOfFace, compressFace, expandFace, faceOfCodes } from "./face-codes.ts";
import { openTake, verifyTake } from "./read-take.ts";
import type { TakeHeader } from "./take-header.ts";
import { writeTake } from "./write-take.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dubwright-takes-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const sizePx = 16;

/** A picture of noise that goes beyond -1..1, different for every seed. */
function noisyFace(seed: number) {
  const random = randomFrom(seed);
  const values = Float32Array.from({ length: 3 * sizePx * sizePx }, () => 2.4 * random.uniform() - 1.2);
  return { channels: 3, widthPx: sizePx, heightPx: sizePx, values };
}

describe("a face", () => {
  test.each([8, 10, 12, 14])("of %i bits comes back to the bit, noise and steps included", async (depthBits) => {
    for (let seed = 0; seed < 8; seed++) {
      const face = codesOfFace(noisyFace(seed), depthBits);
      const back = await expandFace(await compressFace(face), { sizePx, depthBits });
      expect(back.codes).toEqual(face.codes);
    }
  });

  test("is rounded by at most half a code, and cut off beyond black and white", () => {
    const picture = noisyFace(3);
    const back = faceOfCodes(codesOfFace(picture, 10)).values;
    for (const [at, value] of picture.values.entries()) {
      const shown = Math.min(1, Math.max(-1, value));
      expect(Math.abs((back[at] ?? NaN) - shown)).toBeLessThanOrEqual(1 / 1023 + 1e-6);
    }
  });

  test("is rounded once: what was read and is stored again stays the same", () => {
    const once = codesOfFace(noisyFace(5), 10);
    expect(codesOfFace(faceOfCodes(once), 10).codes).toEqual(once.codes);
  });

  test("that holds what is no number is refused, not stored", () => {
    const picture = noisyFace(1);
    picture.values[77] = NaN;
    expect(() => codesOfFace(picture, 10)).toThrow(/no numbers/);
  });

  test("that is torn is told as damaged", async () => {
    const bytes = await compressFace(codesOfFace(noisyFace(1), 10));
    await expect(expandFace(bytes.subarray(0, 40), { sizePx, depthBits: 10 })).rejects.toMatchObject({
      code: "takes.damaged",
    });
  });
});

/** Frames 100 to 104 of which 102 has no face. */
async function storedTake(name: string) {
  const faces = [0, 1, 3, 4].map((seed) => codesOfFace(noisyFace(seed), 10));
  const blocks = await Promise.all(faces.map(compressFace));
  const entries = blocks.map((block, index) => ({
    frameToFace: [1, 0, index, 0, 1, 9 - index] as [number, number, number, number, number, number],
    sizeBytes: block.byteLength,
    crc32: crc32(block),
  }));
  const frames = [...entries.slice(0, 2), null, ...entries.slice(2)];
  const header: TakeHeader = {
    format: 1,
    faceSizePx: sizePx,
    depthBits: 10,
    frameRate: { num: 24_000, den: 1001 },
    startFrame: 100,
    frames,
    madeFrom: { seed: 7 },
  };
  const path = join(folder, name);
  await writeTake(path, { header, blocks });
  return { path, faces, header };
}

describe("a take", () => {
  test("gives any frame in any order, and nothing where the source's face stays", async () => {
    const { path, faces, header } = await storedTake("whole.take");
    await using take = await openTake(path);
    expect(take.header).toEqual(header);
    expect(take.range).toEqual({ startFrame: 100, durationFrames: 5 });
    for (const [frameIndex, face] of [
      [104, 3],
      [100, 0],
      [103, 2],
      [101, 1],
    ] as const) {
      const frame = await take.readFrame(frameIndex);
      expect(frame?.face.values).toEqual(faceOfCodes(faces[face] ?? expect.fail("no face")).values);
      expect(frame?.frameToFace).toEqual([1, 0, face, 0, 1, 9 - face]);
    }
    for (const frameIndex of [102, 99, 105]) expect(await take.readFrame(frameIndex)).toBeUndefined();
    expect(await verifyTake(path)).toBe(4);
  });

  test("is damaged when it ends early, has grown, or one bit of a face differs", async () => {
    const { path } = await storedTake("torn.take");
    const whole = await readFile(path);
    const isDamaged = { code: "takes.damaged" };
    for (const sizeBytes of [0, 5, 12, 100, whole.byteLength - 1]) {
      await writeFile(path, whole);
      await truncate(path, sizeBytes);
      await expect(openTake(path)).rejects.toMatchObject(isDamaged);
    }
    await writeFile(path, Buffer.concat([whole, Buffer.of(0)]));
    await expect(openTake(path)).rejects.toMatchObject(isDamaged);
    const flipped = Buffer.from(whole);
    flipped[flipped.length - 3] = (flipped.at(-3) ?? 0) ^ 4;
    await writeFile(path, flipped);
    await expect(verifyTake(path)).rejects.toMatchObject(isDamaged);
  });

  test("that is not there is told as missing", async () => {
    await expect(openTake(join(folder, "none.take"))).rejects.toMatchObject({ code: "takes.missing" });
  });
});
