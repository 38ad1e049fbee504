// Cropping and pasting faces at 1080p and 2160p: frames a second beside a plain memory copy of the frame, in one run.
import { cpuUsage } from "node:process";
import { randomFrom } from "../../src/core/base/index.ts";
import { alignFace, blendMask, cropFace, pasteBack } from "../../src/core/faces/index.ts";
import { letterboxToFrame, meshSizePx, regionToFrame, sampleRegion } from "../../src/core/models/index.ts";
import { allocateYuvPlanes, describeNative } from "../../src/core/native/index.ts";
import type { YuvFormat, YuvPicture } from "../../src/core/native/index.ts";

const rounds = 15;

/** Processor time of one call, best of some: a busy machine disturbs it least. */
function bestMs(work: () => unknown): number {
  let best = Infinity;
  for (let round = 0; round <= rounds; round++) {
    const before = cpuUsage();
    work();
    const { user, system } = cpuUsage(before);
    // The first round warms up.
    if (round > 0) best = Math.min(best, (user + system) / 1000);
  }
  return best;
}

/** Copies some frames, as one of them is quicker than the clock is fine. */
function copyMs(picture: YuvPicture): number {
  const copies = 8;
  const targets = picture.planes.map((plane) => plane.slice());
  return (
    bestMs(() => {
      for (let copy = 0; copy < copies; copy++)
        for (const [index, plane] of picture.planes.entries()) targets[index]?.set(plane);
    }) / copies
  );
}

function pictureOf(format: YuvFormat): YuvPicture {
  const random = randomFrom(1);
  const planes = allocateYuvPlanes(format);
  const unit = 2 ** (format.depthBits - 8);
  for (const plane of planes)
    for (let at = 0; at < plane.length; at++)
      plane[at] = unit * (120 + 20 * Math.sin(at / 301)) + 3 * unit * random.uniform();
  return { format, planes };
}

/** A close-up: the face's crop fills about two thirds of the picture's height. */
function anchorsOf({ widthPx, heightPx }: YuvFormat) {
  const place = (x: number, y: number) => ({ x: widthPx / 2 + x * heightPx, y: heightPx * (0.3 + y) });
  return { leftBrow: place(-0.13, 0), rightBrow: place(0.13, 0.01), nose: place(0.01, 0.13) };
}

const native = describeNative();
console.log(`native: ${native.serves} (${native.simd}). ${native.reason}`);
for (const [widthPx, heightPx] of [
  [1920, 1080],
  [3840, 2160],
] as const)
  for (const [depthBits, sampling] of [
    [8, "4:2:0"],
    [10, "4:2:2"],
  ] as const) {
    const format: YuvFormat = { widthPx, heightPx, depthBits, sampling, matrix: "bt709", range: "limited" };
    const frame = pictureOf(format);
    const copy = copyMs(frame);
    const copyRate = (1000 / copy).toFixed(0);
    console.log(`${widthPx}x${heightPx}, ${depthBits} bit ${sampling}: copying the frame ${copyRate} frames/s`);
    const say = (name: string, ms: number): void =>
      console.log(`  ${name}: ${(1000 / ms).toFixed(0)} frames/s = ${(copy / ms).toFixed(3)} of copying the frame`);
    for (const faceSizePx of [256, 512]) {
      const alignment = alignFace(anchorsOf(format), faceSizePx);
      const face = cropFace(frame, alignment);
      const changed = { ...face, values: face.values.map((value, at) => value + 0.05 * Math.sin(at / 900)) };
      const paste = { face: changed, frameToFace: alignment.frameToFace, blendMask: blendMask(256) };
      say(
        `crop of ${faceSizePx}`,
        bestMs(() => cropFace(frame, alignment)),
      );
      say(
        `paste of ${faceSizePx}, all from the crop`,
        bestMs(() => pasteBack(frame, { ...paste, colourMatch: "none", texture: "crop" })),
      );
      say(
        `paste of ${faceSizePx}, as usual`,
        bestMs(() => pasteBack(frame, { ...paste, colourMatch: "surroundings" })),
      );
      say(
        `paste of ${faceSizePx}, with grain`,
        bestMs(() => pasteBack(frame, { ...paste, colourMatch: "surroundings", grain: { seed: 7 } })),
      );
    }
    const size = { width: widthPx, height: heightPx };
    const look = (sizePx: number) => new Float32Array(3 * sizePx * sizePx);
    for (const sizePx of [128, 192]) {
      const toFrame = letterboxToFrame(size, sizePx);
      say(
        `detector's picture of ${sizePx}`,
        bestMs(() => sampleRegion(frame, { toFrame, sizePx, range: [-1, 1] }, look(sizePx))),
      );
    }
    const region = { centre: { x: widthPx / 2, y: heightPx / 2 }, sizePx: 0.45 * heightPx, rotationRadians: 0.1 };
    const toFrame = regionToFrame(region, meshSizePx);
    say(
      "mesh's picture",
      bestMs(() => sampleRegion(frame, { toFrame, sizePx: meshSizePx, range: [0, 1] }, look(meshSizePx))),
    );
  }
