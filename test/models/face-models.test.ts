// The face models as they come from npm, run on ONNX Runtime: against an independent evaluation, and on real film.
import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { randomFrom, silentLogger } from "../../src/core/base/index.ts";
import { decodeFrame, openMedia } from "../../src/core/media/index.ts";
import {
  decodeDetections,
  detectionToFrame,
  faceDetectorGraph,
  faceMeshGraph,
  fullRangeDetector,
  landmarksToFrame,
  letterboxToFrame,
  mergeDetections,
  meshSizePx,
  openFaceModel,
  packageFolder,
  regionOfDetection,
  regionOfLandmarks,
  regionToFrame,
  sampleRegion,
  shortRangeDetector,
} from "../../src/core/models/index.ts";
import type { FaceDetection, FaceRegion, RgbFrame } from "../../src/core/models/index.ts";
import { encodeModel, openRuntime, variantOf } from "../../src/core/onnx/index.ts";
import type { Graph, Session } from "../../src/core/onnx/index.ts";
import { concat, elementCount, tensorOf } from "../../src/core/tensor/index.ts";
import type { Tensor } from "../../src/core/tensor/index.ts";
import { memoryByteSource, openTflite, readTflite } from "../../src/core/weights/index.ts";
import { DubError } from "../../src/shared/failure/index.ts";
import { testFfmpeg } from "../support/media.ts";
import { sharedMedia } from "../support/shared-folder.ts";

const graphs = {
  "short range": faceDetectorGraph({ config: shortRangeDetector, model: openFaceModel("detector-short-range") }),
  "full range": faceDetectorGraph({ config: fullRangeDetector, model: openFaceModel("detector-full-range") }),
  mesh: faceMeshGraph({ model: openFaceModel("mesh") }),
  "mesh with attention": faceMeshGraph({ model: openFaceModel("mesh-with-attention") }),
} as const;

type Name = keyof typeof graphs;

const sessions = new Map<Name, Session>();

async function openSession(graph: Graph): Promise<Session> {
  const runtime = await openRuntime({ role: "test", logger: silentLogger });
  const model = await encodeModel(variantOf(graph, { lowering: "cpu" }));
  return runtime.openSession(graph.name, model, { providers: ["cpu"], threads: 1 });
}

beforeAll(async () => {
  for (const name of ["short range", "full range", "mesh", "mesh with attention"] as const)
    sessions.set(name, await openSession(graphs[name]));
});

afterAll(async () => {
  for (const session of sessions.values()) await session[Symbol.asyncDispose]();
});

async function run(name: Name, picture: Tensor): Promise<Readonly<Record<string, Tensor>>> {
  const session = sessions.get(name);
  if (!session) throw new Error(`no session for ${name}`);
  return session.run({ picture });
}

const floatsOf = (tensor: Tensor | undefined): Float32Array =>
  tensor?.data instanceof Float32Array ? tensor.data : new Float32Array(0);

/** Smooth waves, different in each colour, in 0..1 or -1..1: the same numbers in any language. */
function waves(sizePx: number, lowest: 0 | -1): Float32Array {
  return Float32Array.from({ length: 3 * sizePx * sizePx }, (_, at) => {
    const [column, row, colour] = [at % sizePx, Math.floor(at / sizePx) % sizePx, Math.floor(at / sizePx ** 2)];
    const value = 0.5 + 0.5 * Math.sin(0.05 * (colour + 1) * column + colour) * Math.cos(0.03 * row);
    return Math.fround(value) * (1 - lowest) + lowest;
  });
}

type Expected = { readonly norm: number; readonly sum: number; readonly at: Readonly<Record<number, number>> };

const logistic = (logit: number) => 1 / (1 + Math.exp(-logit));

/**
 * Each model's answer to the waves, by a separate evaluation of the tflite files in NumPy and PyTorch, double precision,
 * written from TFLite's and MediaPipe's own definitions of the operators, in TFLite's axis order.
 */
const expectations: Readonly<Record<Name, { sizePx: number; lowest: 0 | -1; outputs: Record<string, Expected> }>> = {
  "short range": {
    sizePx: 128,
    lowest: -1,
    outputs: {
      offsets: { norm: 2913.811592, sum: 90918.279206, at: { 0: 0.580282, 2867: 40.984159, 14335: -20.221315 } },
      logits: { norm: 152.595524, sum: -3764.38972, at: { 0: -5.118423, 537: -2.546475, 895: -7.548766 } },
    },
  },
  "full range": {
    sizePx: 192,
    lowest: -1,
    outputs: {
      offsets: { norm: 2794.556485, sum: 59766.200316, at: { 0: -3.000788, 29490: 20.353216, 36863: -0.807625 } },
      logits: { norm: 205.020202, sum: -9505.606779, at: { 0: -6.516517, 921: -3.583307, 2303: -8.456966 } },
    },
  },
  mesh: {
    sizePx: 192,
    lowest: 0,
    outputs: {
      landmarks: { norm: 3057.27188, sum: 89520.780205, at: { 0: 90.498863, 561: 47.460096, 1403: 2.703285 } },
      presence: { norm: logistic(-8.246536), sum: logistic(-8.246536), at: {} },
    },
  },
  "mesh with attention": {
    sizePx: 192,
    lowest: 0,
    outputs: {
      landmarks: { norm: 3078.494568, sum: 91645.952362, at: { 0: 88.203616, 573: 71.739161, 1433: 4.614707 } },
      presence: { norm: logistic(-14.536025), sum: logistic(-14.536025), at: {} },
    },
  },
};

describe.each(Object.entries(expectations))("%s", (name, { sizePx, lowest, outputs }) => {
  test("answers as an independent evaluation of its file does", async () => {
    const answer = await run(name as Name, tensorOf("float32", [1, 3, sizePx, sizePx], waves(sizePx, lowest)));
    expect(Object.keys(answer).toSorted()).toEqual(Object.keys(outputs).toSorted());
    for (const [output, { norm, sum, at }] of Object.entries(outputs)) {
      const values = floatsOf(answer[output]);
      expect(Math.abs(Math.hypot(...values) - norm)).toBeLessThan(1e-5 * norm + 1e-6);
      const total = values.reduce((partial, value) => partial + value, 0);
      expect(Math.abs(total - sum)).toBeLessThan(1e-4 * norm + 1e-6);
      for (const [index, value] of Object.entries(at)) expect(values[Number(index)]).toBeCloseTo(value, 3);
    }
  });

  test("answers each picture of a batch as if it came alone", async () => {
    const one = waves(sizePx, lowest);
    const other = one.map((value) => 0.7 * value);
    const pictures = [one, other].map((values) => tensorOf("float32", [1, 3, sizePx, sizePx], values));
    const together = await run(name as Name, concat(pictures, 0));
    for (const [item, picture] of pictures.entries()) {
      const alone = await run(name as Name, picture);
      for (const [output, tensor] of Object.entries(alone)) {
        const count = elementCount(tensor.dims);
        const row = floatsOf(together[output]).subarray(item * count, (item + 1) * count);
        const differences = floatsOf(tensor).map((value, index) => Math.abs(value - (row[index] ?? NaN)));
        expect(Math.max(...differences)).toBeLessThan(1e-3);
      }
    }
  });
});

test("the sparse variant of the full range detector is refused by the operator that unpacks it", () => {
  const file = path.join(packageFolder("@mediapipe/face_detection"), "face_detection_full_range_sparse.tflite");
  expect(() => openTflite(file)).toThrow(/DENSIFY|sparse/u);
});

test("a published model with random bytes changed is refused by name or still a network, never anything else", () => {
  const file = path.join(packageFolder("@mediapipe/face_detection"), "face_detection_full_range.tflite");
  const sound = new Uint8Array(readFileSync(file));
  const random = randomFrom(5);
  // Tables lie at both ends of the file, weights between them.
  const anywhere = () => Math.floor(random.uniform() * (random.uniform() < 0.5 ? 70_000 : sound.length));
  let refusals = 0;
  for (let round = 0; round < 150; round++) {
    const bytes = sound.slice();
    for (let change = 0; change < 4; change++) bytes[anywhere()] = Math.floor(random.uniform() * 256);
    try {
      faceDetectorGraph({ config: fullRangeDetector, model: readTflite(memoryByteSource("changed.tflite", bytes)) });
    } catch (error) {
      expect(error).toBeInstanceOf(DubError);
      refusals++;
    }
  }
  expect(refusals).toBeGreaterThan(10);
});

test("a mesh is no detector, and a detector no mesh", () => {
  const [mesh, detector] = [openFaceModel("mesh"), openFaceModel("detector-full-range")];
  expect(() => faceDetectorGraph({ config: fullRangeDetector, model: mesh })).toThrow(/no face detector/u);
  expect(() => faceDetectorGraph({ config: shortRangeDetector, model: detector })).toThrow(/its picture is/u);
  expect(() => faceMeshGraph({ model: detector })).toThrow(/no face mesh/u);
});

test("a missing package is refused with what to do", () => {
  expect(() => packageFolder("@mediapipe/not-there")).toThrow(/is not installed/u);
});

async function rgbFrame(file: string, frameIndex: number): Promise<RgbFrame> {
  const source = await openMedia(await testFfmpeg(), file);
  using frame = await decodeFrame(source, frameIndex, { format: "rgb" });
  const { widthPx: width, heightPx: height } = frame.shape;
  return { width, height, data: Uint8Array.from(frame.planes[0]?.samples ?? []) };
}

async function detect(frame: RgbFrame, name: "short range" | "full range"): Promise<readonly FaceDetection[]> {
  const config = name === "short range" ? shortRangeDetector : fullRangeDetector;
  const toFrame = letterboxToFrame(frame, config.sizePx);
  const picture = new Float32Array(3 * config.sizePx ** 2);
  sampleRegion(frame, { toFrame, sizePx: config.sizePx, range: [-1, 1] }, picture);
  const { offsets, logits } = await run(name, tensorOf("float32", [1, 3, config.sizePx, config.sizePx], picture));
  if (!offsets || !logits) throw new Error("the detector gave no answer");
  const [found = []] = decodeDetections({ offsets, logits }, config);
  return mergeDetections(found).map((each) => detectionToFrame(each, toFrame));
}

async function landmarksOf(frame: RgbFrame, region: FaceRegion, name: "mesh" | "mesh with attention") {
  const toFrame = regionToFrame(region, meshSizePx);
  const picture = new Float32Array(3 * meshSizePx ** 2);
  sampleRegion(frame, { toFrame, sizePx: meshSizePx, range: [0, 1] }, picture);
  const answer = await run(name, tensorOf("float32", [1, 3, meshSizePx, meshSizePx], picture));
  const { landmarks } = answer;
  if (!landmarks) throw new Error("the mesh gave no answer");
  return {
    presence: floatsOf(answer["presence"])[0] ?? 0,
    landmarks: landmarksToFrame(floatsOf(landmarks), toFrame),
  };
}

const clips = { "demo1_video.mp4": [0, 40, 200], "demo3_video.mp4": [10, 300] } as const;

describe.each(Object.entries(clips))("on %s", (clip, frameIndices) => {
  test("one face is found, surely, and its landmarks lie on it", async (context) => {
    const file = sharedMedia(clip);
    if (file === undefined) {
      context.skip(`${clip} is not in ../shared/media`);
      return;
    }
    for (const frameIndex of frameIndices) {
      const frame = await rgbFrame(file, frameIndex);
      const faces = await detect(frame, "full range");
      expect(faces).toHaveLength(1);
      const [face] = faces;
      if (!face) continue;
      const first = await landmarksOf(frame, regionOfDetection(face), "mesh with attention");
      const second = await landmarksOf(frame, regionOfLandmarks(first.landmarks), "mesh with attention");
      expect(second.presence).toBeGreaterThan(0.99);
      const point = (index: number) => ({
        x: second.landmarks[3 * index] ?? 0,
        y: second.landmarks[3 * index + 1] ?? 0,
      });
      const { box } = face;
      const reach = 0.35 * box.width;
      for (let index = 0; index < 478; index++) {
        expect(point(index).x).toBeGreaterThan(box.x - reach);
        expect(point(index).x).toBeLessThan(box.x + box.width + reach);
        expect(point(index).y).toBeGreaterThan(box.y - reach);
        expect(point(index).y).toBeLessThan(box.y + box.height + reach);
      }
      // Two networks that know nothing of each other agree where eyes, nose and mouth are.
      const near = (index: number, place: { x: number; y: number }) =>
        expect(Math.hypot(point(index).x - place.x, point(index).y - place.y)).toBeLessThan(0.15 * box.width);
      near(468, face.points.leftEye);
      near(473, face.points.rightEye);
      near(1, face.points.noseTip);
      near(13, face.points.mouth);
      const plain = await landmarksOf(frame, regionOfLandmarks(first.landmarks), "mesh");
      for (const index of [61, 291, 33, 263, 152])
        near(index, { x: plain.landmarks[3 * index] ?? 0, y: plain.landmarks[3 * index + 1] ?? 0 });
    }
  });

  test("the short range detector finds the same face", async (context) => {
    const file = sharedMedia(clip);
    if (file === undefined) {
      context.skip(`${clip} is not in ../shared/media`);
      return;
    }
    const frame = await rgbFrame(file, frameIndices[0]);
    const [[near], [far]] = [await detect(frame, "short range"), await detect(frame, "full range")];
    expect(
      near &&
        far &&
        Math.hypot(near.points.mouth.x - far.points.mouth.x, near.points.mouth.y - far.points.mouth.y) <
          far.box.width / 4,
    ).toBe(true);
  });
});
