// The parity profile against the published program's steps, written out here one by one: own reading of the files, own windows, own
// scheduler, the U-Net in one piece with both branches in a batch. Dossier 1.6 to 1.11; only kernels and networks are shared.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { randomFrom, silentLogger } from "../base/index.ts";
import { whisperLogMel } from "../audio/index.ts";
import { gaussian } from "../diffusion/index.ts";
import { cropFace, inpaintMask } from "../faces/index.ts";
import { takeLatents } from "./take-latents.ts";
import { batcher } from "./stages/streams.ts";
import { windowsOf } from "./take-order.ts";
import type { TakeOrder } from "./take-order.ts";
import { tally } from "./work-done.ts";
import { decodeFrames, yuvFormatOf } from "../media/index.ts";
import { unetGraph, vaeEncoderGraph, whisperEncoderGraph } from "../models/index.ts";
import { encodeModel, openRuntime, variantOf } from "../onnx/index.ts";
import type { Graph, Session, Weights } from "../onnx/index.ts";
import { floats, int64s, tensorOf } from "../tensor/index.ts";
import { openTensorFile, weightsOf } from "../weights/index.ts";
import { settingsOfQuality } from "../../shared/project/index.ts";
import { frameRates } from "../../shared/time/index.ts";
import { smallLipsync, tinyLipsync } from "../../../tools/models/random-lipsync-model.ts";
import { lipsyncStage, makeClip, makeDialogue, wanderingFace } from "../../../test/support/lipsync-stage.ts";

/** 37 frames: two whole windows and a short one. 4.2 s of sound, over two pieces of a network that hears 4.08 s. */
const [frameCount, steps, guidanceScale, seed] = [37, 3, 1.5, 1247];
const config = {
  ...tinyLipsync,
  unet: { ...smallLipsync.unet, levelChannels: [32, 32, 32, 32], layersPerLevel: 1, audioWidth: 16 },
};

let stage: Awaited<ReturnType<typeof lipsyncStage>>;
let order: TakeOrder;
beforeAll(async () => {
  stage = await lipsyncStage(config);
  const files = { picture: join(stage.folder, "picture.mkv"), dialogue: join(stage.folder, "speech.wav") };
  await makeClip(files.picture, { rate: "25", frameCount });
  await makeDialogue(files.dialogue, { seconds: 4.2, sampleRateHz: 16_000 });
  const faces = wanderingFace({ startFrame: 0, durationFrames: frameCount }, { sizePx: config.faceSizePx });
  const settings = { ...settingsOfQuality.parity, inferenceSteps: steps, guidanceScale, seed };
  order = await stage.order({ ...files, rate: frameRates["25"] }, { faces, settings });
}, 60_000);
afterAll(() => stage[Symbol.asyncDispose]());

/** A network of the model, opened by itself. */
async function open(stack: AsyncDisposableStack, part: "unet" | "vae" | "whisper", define: (w: Weights) => Graph) {
  const { weightsPath, prefix } = stage.files.parts[part];
  using file = openTensorFile(weightsPath);
  const graph = define(weightsOf(file, { dtype: "float32", keyInFile: (key) => prefix + key }));
  const runtime = await openRuntime({ role: "test", logger: silentLogger });
  const model = await encodeModel(variantOf(graph, { lowering: "cpu" }));
  return stack.use(await runtime.openSession(part, model, { providers: ["cpu"], threads: 1 }));
}

const px = config.faceSizePx;
const side = px / 8;
const area = side * side;

/** Latents of a picture: the posterior's mean times 0.18215. */
async function latentsOf(encoder: Session, picture: Float32Array): Promise<Float32Array> {
  const { latent_mean: mean } = await encoder.run({ image: tensorOf("float32", [1, 3, px, px], picture) });
  return Float32Array.from(mean?.data as Float32Array, (value) => value * 0.18215);
}

/** Of every frame: the face masked and whole, as latents; crops rounded to ten bits, as they are kept. */
async function facesOf(encoder: Session) {
  const { values: painted } = inpaintMask(px);
  const all = [];
  const facts = order.picture.source.facts.video[0] ?? expect.fail("a picture");
  for await (using frame of decodeFrames(order.picture.source)) {
    const [luma, blue, red] = frame.planes.map(({ samples }) => samples);
    if (!luma || !blue || !red) return expect.fail("three planes");
    const frameToFace = order.faces.frameToFace[frame.frameIndex] ?? expect.fail("a face");
    const crop = cropFace({ format: yuvFormatOf(facts), planes: [luma, blue, red] }, { frameToFace, faceSizePx: px });
    const face = crop.values.map(
      (value) => (Math.round(Math.min(1, Math.max(0, (value + 1) / 2)) * 1023) * 2) / 1023 - 1,
    );
    const masked = face.map((value, at) => value * (1 - (painted[at % (px * px)] ?? 0)));
    all.push({ masked: await latentsOf(encoder, masked), whole: await latentsOf(encoder, face) });
  }
  return all;
}

/** Rows [time][state][width] of the whole sound: pieces without overlap, the last filled with zeros. */
async function soundRows(listener: Session): Promise<readonly Float32Array[]> {
  const bytes = await readFile(order.dialogue.source.path);
  const dataAt = bytes.indexOf("data") + 8;
  const samples = Float32Array.from(
    { length: (bytes.length - dataAt) / 2 },
    (_, at) => bytes.readInt16LE(dataAt + 2 * at) / 32_768,
  );
  const mel = whisperLogMel(samples);
  const { positions, width, blocks } = config.whisper;
  const rows: Float32Array[] = [];
  for (let begin = 0; begin < mel.melFrames; begin += 2 * positions) {
    const piece = new Float32Array(80 * 2 * positions);
    for (let band = 0; band < 80; band++)
      for (let frame = 0; frame < 2 * positions && begin + frame < mel.melFrames; frame++)
        piece[band * 2 * positions + frame] = mel.values[band * mel.melFrames + begin + frame] ?? 0;
    const { embeddings } = await listener.run({ log_mel: floats([1, 80, 2 * positions], piece) });
    const states = embeddings?.data as Float32Array;
    const kept = Math.trunc((Math.min(mel.melFrames, begin + 2 * positions) - begin) / 2);
    for (let row = 0; row < kept; row++) {
      const heard = new Float32Array((blocks + 1) * width);
      for (let state = 0; state <= blocks; state++)
        heard.set(
          states.subarray((state * positions + row) * width, (state * positions + row + 1) * width),
          state * width,
        );
      rows.push(heard);
    }
  }
  return rows;
}

/** Alpha bars of betas linear in their square roots. */
const alphaBars = Array.from({ length: 1000 }, () => 0);
let product = 1;
for (let step = 0; step < 1000; step++) {
  const beta = (Math.sqrt(0.00085) + ((Math.sqrt(0.012) - Math.sqrt(0.00085)) * step) / 999) ** 2;
  product *= 1 - beta;
  alphaBars[step] = product;
}

type Known = { readonly masked: Float32Array; readonly whole: Float32Array };

/** Clean latents [frame][4][side][side] of one chunk. */
async function publishedChunk(unet: Session, faces: readonly Known[], audio: readonly Float32Array[]) {
  const frames = faces.length;
  const noise = gaussian(4 * area, randomFrom(seed));
  const keep = Array.from({ length: area }, (_, at) => {
    const pixel = 8 * Math.floor(at / side) * px + 8 * (at % side);
    return (inpaintMask(px).values[pixel] ?? 0) >= 0.5 ? 0 : 1;
  });
  const latents = Array.from({ length: frames }, () => Float64Array.from(noise));
  const heard = audio.flatMap((frame) => [...frame]);
  const tokens = heard.length / frames / config.unet.audioWidth;
  const strideOfSteps = Math.floor(1000 / steps);
  for (let k = steps - 1; k >= 0; k--) {
    const timestep = 1 + k * strideOfSteps;
    const channel = (index: number, frame: number): ArrayLike<number> => {
      if (index < 4) return (latents[frame] ?? []).slice(index * area, (index + 1) * area);
      if (index === 4) return keep;
      const from = index < 9 ? faces[frame]?.masked : faces[frame]?.whole;
      const at = index < 9 ? index - 5 : index - 9;
      return (from ?? new Float32Array(0)).subarray(at * area, (at + 1) * area);
    };
    const one = Array.from({ length: 13 }, (_, index) =>
      Array.from({ length: frames }, (_unused, frame) => Array.from(channel(index, frame))),
    ).flat(2);
    const { noise: both } = await unet.run({
      sample: floats([2, 13, frames, side, side], [...one, ...one]),
      timestep: int64s([1], [timestep]),
      audio: floats([2 * frames, tokens, config.unet.audioWidth], [...heard.map(() => 0), ...heard]),
    });
    const said = both?.data as Float32Array;
    const half = 4 * frames * area;
    const [now, before] = [alphaBars[timestep] ?? 0, alphaBars[Math.max(0, timestep - strideOfSteps)] ?? 0];
    for (let frame = 0; frame < frames; frame++)
      for (let at = 0; at < 4 * area; at++) {
        const place = (Math.floor(at / area) * frames + frame) * area + (at % area);
        const silent = said[place] ?? 0;
        const epsilon = silent + guidanceScale * ((said[half + place] ?? 0) - silent);
        const values = latents[frame] ?? new Float64Array(0);
        const clean = ((values[at] ?? 0) - Math.sqrt(1 - now) * epsilon) / Math.sqrt(now);
        values[at] = Math.sqrt(before) * clean + Math.sqrt(1 - before) * epsilon;
      }
  }
  return latents;
}

test("a whole parity run gives the latents of the published steps to 1e-4", { timeout: 120_000 }, async () => {
  await using stack = new AsyncDisposableStack();
  const unet = await open(stack, "unet", (weights) => unetGraph({ config: config.unet, weights }));
  const encoder = await open(stack, "vae", (weights) => vaeEncoderGraph({ config: config.vae, weights }));
  const listener = await open(stack, "whisper", (weights) => whisperEncoderGraph({ config: config.whisper, weights }));
  const faces = await facesOf(encoder);
  const rows = await soundRows(listener);
  expect(rows).toHaveLength(210);
  const audio = faces.map((_, frame) => {
    const around = Array.from({ length: 10 }, (_unused, at) => Math.min(209, Math.max(0, 2 * frame - 4 + at)));
    return Float32Array.from(around.flatMap((row) => [...(rows[row] ?? [])]));
  });

  const windows = windowsOf(order, stage.files);
  expect(windows.map(({ startFrame, frameCount: frames }) => [startFrame, frames])).toEqual([
    [0, 16],
    [16, 16],
    [32, 5],
  ]);
  const tools = stage.tools();
  const made = takeLatents(order, windows, {
    ...tools,
    done: tally(() => 0),
    pictures: batcher(5, () => undefined),
    windows: batcher(2, () => undefined),
    onStep: () => undefined,
  });
  let [difference, size] = [0, 0];
  for await (const { window, latents } of made) {
    const range = [window.startFrame, window.startFrame + window.frameCount] as const;
    const published = await publishedChunk(unet, faces.slice(...range), audio.slice(...range));
    for (const [frame, values] of latents.entries())
      for (const [at, value] of values.entries()) {
        difference += (value - (published[frame]?.[at] ?? NaN)) ** 2;
        size += (published[frame]?.[at] ?? NaN) ** 2;
      }
  }
  expect(Math.sqrt(difference / size)).toBeLessThan(1e-4);
  expect(size).toBeGreaterThan(1);
});
