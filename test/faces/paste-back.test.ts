// The round trip on real film: an untouched crop comes back without a changed bit, at any depth and sampling, and a new mouth
// changes nothing but what lies under its mask.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { alignFace, anchorsOfMesh, blendMask, cropFace, jawMasks, pasteBack } from "../../src/core/faces/index.ts";
import { decodeFrame, openMedia } from "../../src/core/media/index.ts";
import { allocateYuvPlanes } from "../../src/core/native/index.ts";
import type { ChromaSampling, PixelBox, SampleDepthBits, YuvPicture } from "../../src/core/native/index.ts";
import { ffmpeg, tempFolder, testFfmpeg } from "../support/media.ts";
import { faceMeshes } from "../support/face-meshes.ts";
import type { FaceMeshes } from "../support/face-meshes.ts";
import { sharedMedia } from "../support/shared-folder.ts";

let meshes: FaceMeshes | undefined;

beforeAll(async () => {
  meshes = await faceMeshes();
});

afterAll(async () => {
  await meshes?.[Symbol.asyncDispose]();
});

const kinds = (["4:2:0", "4:2:2"] as const).flatMap((sampling) =>
  ([8, 10] as const).map((depthBits) => ({ sampling, depthBits })),
);

const pastes = [
  { faceSizePx: 256, follows: "model", colourMatch: "none" },
  { faceSizePx: 256, follows: "jaw", colourMatch: "surroundings" },
  { faceSizePx: 512, follows: "model", colourMatch: "surroundings" },
] as const;

type Kind = { readonly sampling: ChromaSampling; readonly depthBits: SampleDepthBits };

/** One frame of a clip in the planes that a film of this kind has; at 10 bit with values between those of 8. */
async function frameOf(file: string, frameIndex: number, { sampling, depthBits }: Kind): Promise<YuvPicture> {
  await using folder = await tempFolder();
  const remade = `${folder.path}/frame.mkv`;
  const name = `yuv${sampling.replaceAll(":", "")}p${depthBits === 8 ? "" : `${depthBits}le`}`;
  // Enlarged a little on the way, so that 10 bit are used.
  const picture = `select=eq(n\\,${frameIndex}),scale=1126:1998:flags=lanczos:sws_dither=none,format=${name}`;
  await ffmpeg("-i", file, "-vf", picture, "-frames:v", "1", "-c:v", "ffv1", remade);
  using frame = await decodeFrame(await openMedia(await testFfmpeg(), remade), 0, {});
  const { widthPx, heightPx } = frame.shape;
  const format = { widthPx, heightPx, depthBits, sampling, matrix: "bt709", range: "limited" } as const;
  const planes = allocateYuvPlanes(format);
  for (const [index, { samples }] of frame.planes.entries()) planes[index as 0 | 1 | 2].set(samples);
  return { format, planes };
}

const copyOf = ({ format, planes: [luma, blue, red] }: YuvPicture): YuvPicture => ({
  format,
  planes: [luma.slice(), blue.slice(), red.slice()],
});

type Change = { readonly outside: number; readonly inside: number; readonly psnrDb: number };

/** Samples of all planes that differ, by whether their places lie wholly in the box; and how far, inside. */
function changeOf(before: YuvPicture, after: YuvPicture, box: PixelBox): Change {
  const { sampling, widthPx, depthBits } = before.format;
  let [outside, inside, squares, count] = [0, 0, 0, 0];
  for (const [index, own] of before.planes.entries()) {
    const [stepX, stepY] = [index > 0 ? 2 : 1, index > 0 && sampling === "4:2:0" ? 2 : 1];
    const planePx = Math.ceil(widthPx / stepX);
    const now = after.planes[index as 0 | 1 | 2];
    for (let at = 0; at < own.length; at++) {
      const [x, y] = [(at % planePx) * stepX, Math.floor(at / planePx) * stepY];
      const isInside =
        x >= box.xPx && y >= box.yPx && x + stepX <= box.xPx + box.widthPx && y + stepY <= box.yPx + box.heightPx;
      const difference = (now[at] ?? NaN) - (own[at] ?? NaN);
      if (isInside) {
        count += 1;
        squares += difference ** 2;
      }
      if (difference !== 0) [outside, inside] = isInside ? [outside, inside + 1] : [outside + 1, inside];
    }
  }
  return { outside, inside, psnrDb: 10 * Math.log10(((2 ** depthBits - 1) ** 2 * count) / Math.max(1e-12, squares)) };
}

describe.for(["demo1_video.mp4", "demo3_video.mp4"])("%s", (name) => {
  test.for(kinds)("an untouched crop changes no bit: $sampling, $depthBits bit", async (kind, context) => {
    const file = sharedMedia(name);
    if (file === undefined || !meshes) {
      context.skip(`${name} is not in ../shared/media`);
      return;
    }
    const frame = await frameOf(file, 77, kind);
    const mesh = await meshes.meshOf(frame);
    for (const { faceSizePx, follows, colourMatch } of pastes) {
      const alignment = alignFace(anchorsOfMesh(mesh), faceSizePx);
      const { frameToFace } = alignment;
      const face = cropFace(frame, alignment);
      const mask =
        follows === "jaw"
          ? jawMasks({ sizePx: 128 })({ landmarks: mesh, frameToFace, faceSizePx })
          : blendMask(faceSizePx);
      const options = { face, frameToFace, blendMask: mask, colourMatch } as const;
      const after = copyOf(frame);
      const box = pasteBack(after, options);
      if (!box) throw new Error("the face lies in the frame");
      expect(changeOf(frame, after, box)).toMatchObject({ outside: 0, inside: 0 });
      // Also as it was stored, in 8 bits a colour.
      const stored = { ...face, values: face.values.map((value) => Math.round(127.5 * value) / 127.5) };
      pasteBack(after, { ...options, face: stored });
      const rounded = changeOf(frame, after, box);
      expect(rounded.outside).toBe(0);
      expect(rounded.psnrDb).toBeGreaterThan(55);
      // And with every pixel from the crop, as the published models paste.
      const whole = copyOf(frame);
      pasteBack(whole, { ...options, texture: "crop" });
      const all = changeOf(frame, whole, box);
      expect(all.outside).toBe(0);
      expect(all.psnrDb).toBeGreaterThan(45);
    }
  });

  test("a mouth of another moment shows fully, and changes nothing outside of its mask", async (context) => {
    const file = sharedMedia(name);
    if (file === undefined || !meshes) {
      context.skip(`${name} is not in ../shared/media`);
      return;
    }
    const kind = { sampling: "4:2:0", depthBits: 8 } as const;
    const [frame, other] = [await frameOf(file, 10, kind), await frameOf(file, 13, kind)];
    const [here, there] = [await meshes.meshOf(frame), await meshes.meshOf(other)];
    const alignment = alignFace(anchorsOfMesh(here), 256);
    const { frameToFace } = alignment;
    const face = cropFace(other, alignFace(anchorsOfMesh(there), 256));
    const mask = jawMasks({ sizePx: 256 })({ landmarks: here, frameToFace, faceSizePx: 256 });
    const after = copyOf(frame);
    const box = pasteBack(after, { face, frameToFace, blendMask: mask, colourMatch: "none" });
    if (!box) throw new Error("the face lies in the frame");
    const { outside, inside } = changeOf(frame, after, box);
    expect(outside).toBe(0);
    expect(inside).toBeGreaterThan(1000);
    // On the lips the frame now shows the other moment: its crop there is the pasted one.
    const [before, again] = [cropFace(frame, alignment).values, cropFace(after, alignment).values];
    let [error, distance] = [0, 0];
    for (let y = 155; y < 190; y++)
      for (let x = 105; x < 151; x++) {
        const at = y * 256 + x;
        error += Math.abs((again[at] ?? NaN) - (face.values[at] ?? NaN));
        distance += Math.abs((before[at] ?? NaN) - (face.values[at] ?? NaN));
      }
    expect(error).toBeLessThan(distance / 5);
  });
});
