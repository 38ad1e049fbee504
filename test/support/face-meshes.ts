// The mesh of the surest face of a frame, by the networks themselves: detection, then two looks with the mesh.
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
  regionOfDetection,
  regionOfLandmarks,
  regionToFrame,
  sampleRegion,
} from "../../src/core/models/index.ts";
import type { Affine, FaceRegion } from "../../src/core/models/index.ts";
import type { YuvPicture } from "../../src/core/native/index.ts";
import { encodeModel, openRuntime, variantOf } from "../../src/core/onnx/index.ts";
import type { Graph, Session } from "../../src/core/onnx/index.ts";
import { tensorOf } from "../../src/core/tensor/index.ts";
import type { Tensor } from "../../src/core/tensor/index.ts";

export type FaceMeshes = AsyncDisposable & {
  /** [point, (x, y, z)] in pixels of the frame. */
  readonly meshOf: (frame: YuvPicture) => Promise<Float32Array>;
};

type Look = { readonly toFrame: Affine; readonly sizePx: number; readonly range: readonly [number, number] };

async function look(session: Session, frame: YuvPicture, picture: Look): Promise<Readonly<Record<string, Tensor>>> {
  const values = new Float32Array(3 * picture.sizePx ** 2);
  sampleRegion(frame, picture, values);
  return session.run({ picture: tensorOf("float32", [1, 3, picture.sizePx, picture.sizePx], values) });
}

export async function faceMeshes(): Promise<FaceMeshes> {
  const runtime = await openRuntime({ role: "test", logger: silentLogger });
  const open = async (graph: Graph): Promise<Session> =>
    runtime.openSession(graph.name, await encodeModel(variantOf(graph, { lowering: "cpu" })), {
      providers: ["cpu"],
      threads: 1,
    });
  const config = fullRangeDetector;
  const detector = await open(faceDetectorGraph({ config, model: openFaceModel("detector-full-range") }));
  const mesh = await open(faceMeshGraph({ model: openFaceModel("mesh") }));
  const meshIn = async (frame: YuvPicture, region: FaceRegion): Promise<Float32Array> => {
    const toFrame = regionToFrame(region, meshSizePx);
    const { landmarks } = await look(mesh, frame, { toFrame, sizePx: meshSizePx, range: [0, 1] });
    return landmarksToFrame(Float32Array.from(landmarks?.data as Float32Array), toFrame);
  };
  return {
    meshOf: async (frame) => {
      const { widthPx: width, heightPx: height } = frame.format;
      const toFrame = letterboxToFrame({ width, height }, config.sizePx);
      const { offsets, logits } = await look(detector, frame, { toFrame, sizePx: config.sizePx, range: [-1, 1] });
      if (!offsets || !logits) throw new Error("a detector gives offsets and logits");
      const [found] = mergeDetections(decodeDetections({ offsets, logits }, config)[0] ?? []);
      if (!found) throw new Error("there is a face");
      const first = await meshIn(frame, regionOfDetection(detectionToFrame(found, toFrame)));
      return meshIn(frame, regionOfLandmarks(first));
    },
    [Symbol.asyncDispose]: async () => {
      for (const session of [detector, mesh]) await session[Symbol.asyncDispose]();
    },
  };
}
