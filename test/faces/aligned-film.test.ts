// Alignment on real film: the mouth comes to lie where the published mask paints, eyes and nose where it keeps; a still head
// under film grain stands still.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { randomFrom, silentLogger } from "../../src/core/base/index.ts";
import {
  alignFace,
  anchorCoordinates,
  anchorsOfMesh,
  inpaintMask,
  pathOfAnchors,
  smoothPath,
} from "../../src/core/faces/index.ts";
import type { Affine } from "../../src/core/models/index.ts";
import { decodeFrame, openMedia } from "../../src/core/media/index.ts";
import {
  applyAffine,
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
  regionOfDetection,
  regionOfLandmarks,
  regionToFrame,
  sampleRegion,
} from "../../src/core/models/index.ts";
import type { FaceRegion, RgbFrame } from "../../src/core/models/index.ts";
import { encodeModel, openRuntime, variantOf } from "../../src/core/onnx/index.ts";
import type { Graph, Session } from "../../src/core/onnx/index.ts";
import { tensorOf } from "../../src/core/tensor/index.ts";
import type { Tensor } from "../../src/core/tensor/index.ts";
import { testFfmpeg } from "../support/media.ts";
import { sharedMedia } from "../support/shared-folder.ts";

const sessions: Session[] = [];

async function open(graph: Graph): Promise<Session> {
  const runtime = await openRuntime({ role: "test", logger: silentLogger });
  const model = await encodeModel(variantOf(graph, { lowering: "cpu" }));
  return runtime.openSession(graph.name, model, { providers: ["cpu"], threads: 1 });
}

beforeAll(async () => {
  const detector = { config: fullRangeDetector, model: openFaceModel("detector-full-range") };
  sessions.push(await open(faceDetectorGraph(detector)), await open(faceMeshGraph({ model: openFaceModel("mesh") })));
});

afterAll(async () => {
  for (const session of sessions) await session[Symbol.asyncDispose]();
});

type Look = { readonly toFrame: Affine; readonly sizePx: number; readonly range: readonly [number, number] };

async function run(
  session: Session | undefined,
  frame: RgbFrame,
  look: Look,
): Promise<Readonly<Record<string, Tensor>>> {
  const picture = new Float32Array(3 * look.sizePx ** 2);
  sampleRegion(frame, look, picture);
  if (!session) throw new Error("the sessions are open");
  return session.run({ picture: tensorOf("float32", [1, 3, look.sizePx, look.sizePx], picture) });
}

async function firstRegion(frame: RgbFrame): Promise<FaceRegion> {
  const sizePx = fullRangeDetector.sizePx;
  const toFrame = letterboxToFrame(frame, sizePx);
  const { offsets, logits } = await run(sessions[0], frame, { toFrame, sizePx, range: [-1, 1] });
  if (!offsets || !logits) throw new Error("a detector gives offsets and logits");
  const [found] = mergeDetections(decodeDetections({ offsets, logits }, fullRangeDetector)[0] ?? []);
  if (!found) throw new Error("there is a face");
  return regionOfDetection(detectionToFrame(found, toFrame));
}

async function meshIn(frame: RgbFrame, region: FaceRegion): Promise<Float32Array> {
  const toFrame = regionToFrame(region, meshSizePx);
  const { landmarks } = await run(sessions[1], frame, { toFrame, sizePx: meshSizePx, range: [0, 1] });
  return landmarksToFrame(Float32Array.from(landmarks?.data as Float32Array), toFrame);
}

/** A tight look, as film is tracked: first around the detection, then around the landmarks. */
async function meshOf(frame: RgbFrame): Promise<Float32Array> {
  return meshIn(frame, regionOfLandmarks(await meshIn(frame, await firstRegion(frame))));
}

async function pictureOf(name: string, frameIndex: number): Promise<RgbFrame | undefined> {
  const file = sharedMedia(name);
  if (file === undefined) return undefined;
  using frame = await decodeFrame(await openMedia(await testFfmpeg(), file), frameIndex, { format: "rgb" });
  return { width: frame.shape.widthPx, height: frame.shape.heightPx, data: frame.bytes.slice() };
}

/** Mesh points: corners and rims of the mouth; corners of the eyes, and the tip of the nose. */
const mouthPoints = [61, 291, 0, 17, 13, 14];
const keptPoints = [33, 133, 362, 263, 1];

describe.for(["demo1_video.mp4", "demo3_video.mp4"])("%s", (name) => {
  test.for([10, 77, 200])("frame %i lies in its crop as the published mask expects", async (frameIndex, context) => {
    const frame = await pictureOf(name, frameIndex);
    if (!frame) {
      context.skip(`${name} is not in ../shared/media`);
      return;
    }
    const mesh = await meshOf(frame);
    const { frameToFace } = alignFace(anchorsOfMesh(mesh), 256);
    const { values } = inpaintMask(256);
    const paintedAt = (point: number): number => {
      const { x, y } = applyAffine(frameToFace, { x: mesh[3 * point] ?? NaN, y: mesh[3 * point + 1] ?? NaN });
      return values[Math.floor(y) * 256 + Math.floor(x)] ?? NaN;
    };
    expect(mouthPoints.map(paintedAt)).toEqual(mouthPoints.map(() => 1));
    expect(keptPoints.map(paintedAt)).toEqual(keptPoints.map(() => 0));
  });

  test("a still head under grain trembles at least five times less once smoothed", async (context) => {
    const frame = await pictureOf(name, 0);
    if (!frame) {
      context.skip(`${name} is not in ../shared/media`);
      return;
    }
    const random = randomFrom(1);
    let region = regionOfLandmarks(await meshOf(frame));
    const anchors = [];
    for (let take = 0; take < 30; take++) {
      const data = frame.data.map((value) => Math.min(255, Math.max(0, value + 30 * (random.uniform() - 0.5))));
      const mesh = await meshIn({ ...frame, data }, region);
      region = regionOfLandmarks(mesh);
      anchors.push(anchorsOfMesh(mesh));
    }
    const values = pathOfAnchors(anchors);
    const calm = smoothPath({ coordinates: anchorCoordinates, values }).values;
    expect(bending(calm)).toBeLessThan(bending(values) / 5);
  });
});

/** Root mean square of the second difference over frames. */
function bending(values: Float64Array): number {
  const bends = values.subarray(anchorCoordinates, -anchorCoordinates).map((value, at) => {
    return (values[at] ?? 0) - 2 * value + (values[at + 2 * anchorCoordinates] ?? 0);
  });
  return Math.hypot(...bends) / Math.sqrt(bends.length);
}
