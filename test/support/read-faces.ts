// The face networks on real film, as analysis runs them: detections and meshes of a frame, one session each.
import { silentLogger } from "../../src/core/base/index.ts";
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
  regionToFrame,
  sampleRegion,
} from "../../src/core/models/index.ts";
import type { Affine, FaceDetection, FaceRegion, RgbFrame } from "../../src/core/models/index.ts";
import { encodeModel, openRuntime, variantOf } from "../../src/core/onnx/index.ts";
import type { Graph, Session } from "../../src/core/onnx/index.ts";
import { tensorOf } from "../../src/core/tensor/index.ts";
import type { Tensor } from "../../src/core/tensor/index.ts";

export type MeshFound = {
  /** [468, (x, y, z)] of the frame. */
  readonly landmarks: Float32Array;
  readonly presenceRatio: number;
  /** What the mesh looked at, R, G, B in 0..1: [3, 192, 192]. */
  readonly picture: Float32Array;
  readonly pictureToFrame: Affine;
};

export type FaceReader = AsyncDisposable & {
  readonly detect: (frame: RgbFrame) => Promise<readonly FaceDetection[]>;
  readonly mesh: (frame: RgbFrame, region: FaceRegion) => Promise<MeshFound>;
};

async function open(graph: Graph): Promise<Session> {
  const runtime = await openRuntime({ role: "test", logger: silentLogger });
  const model = await encodeModel(variantOf(graph, { lowering: "cpu" }));
  return runtime.openSession(graph.name, model, { providers: ["cpu"], threads: 1 });
}

export async function openFaceReader(): Promise<FaceReader> {
  const config = fullRangeDetector;
  const detector = await open(faceDetectorGraph({ config, model: openFaceModel("detector-full-range") }));
  const mesher = await open(faceMeshGraph({ model: openFaceModel("mesh") }));
  const detectIn = async (frame: RgbFrame, toFrame: Affine): Promise<readonly FaceDetection[]> => {
    const { sizePx } = config;
    const picture = new Float32Array(3 * sizePx ** 2);
    sampleRegion(frame, { toFrame, sizePx, range: [-1, 1] }, picture);
    const { offsets, logits } = await detector.run({ picture: tensorOf("float32", [1, 3, sizePx, sizePx], picture) });
    if (!offsets || !logits) throw new Error("a detector gives offsets and logits");
    return (decodeDetections({ offsets, logits }, config)[0] ?? []).map((found) => detectionToFrame(found, toFrame));
  };
  return {
    detect: async (frame) => mergeDetections(await detectIn(frame, letterboxToFrame(frame, config.sizePx))),
    mesh: async (frame, region) => {
      const pictureToFrame = regionToFrame(region, meshSizePx);
      const picture = new Float32Array(3 * meshSizePx ** 2);
      sampleRegion(frame, { toFrame: pictureToFrame, sizePx: meshSizePx, range: [0, 1] }, picture);
      const fed = tensorOf("float32", [1, 3, meshSizePx, meshSizePx], picture.slice());
      const { landmarks, presence } = await mesher.run({ picture: fed });
      return {
        landmarks: landmarksToFrame(floatsOf(landmarks), pictureToFrame),
        presenceRatio: floatsOf(presence)[0] ?? 0,
        picture,
        pictureToFrame,
      };
    },
    [Symbol.asyncDispose]: async () => {
      await detector[Symbol.asyncDispose]();
      await mesher[Symbol.asyncDispose]();
    },
  };
}

const floatsOf = (tensor: Tensor | undefined): Float32Array =>
  tensor?.data instanceof Float32Array ? Float32Array.from(tensor.data) : new Float32Array(0);
