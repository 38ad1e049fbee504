// Reads how far mouths are open in pictures, with the face mesh that comes with the program.
import { assert } from "../../shared/failure/index.ts";
import type { Logger } from "../base/index.ts";
import { faceMeshGraph, invertAffine, meshSizePx, openFaceModel, sampleRegion } from "../models/index.ts";
import type { Affine } from "../models/index.ts";
import type { YuvPicture } from "../native/index.ts";
import { encodeModel, openRuntime, variantOf } from "../onnx/index.ts";
import type { ProcessRole } from "../onnx/index.ts";
import { expectTensor, tensorOf } from "../tensor/index.ts";
import { viewToFrame } from "./face-view.ts";

export type MouthReader = AsyncDisposable & {
  /** The gap between the lips over the height of the face, for each picture; NaN where there is no face to read. */
  readonly openings: (
    pictures: readonly YuvPicture[],
    alignment: { readonly frameToFace: Affine; readonly faceSizePx: number },
  ) => Promise<readonly number[]>;
};

/** The mesh was trained on squares one and a half times as large as a face's landmarks. */
const view = { sideRatio: 1.35, centreXRatio: 0.5, centreYRatio: 0.5 } as const;

/** Landmarks: middle of the inner lips, and the face from its top to its chin. */
const points = { upperLip: 13, lowerLip: 14, top: 10, chin: 152 } as const;

/** Below this the mesh itself does not believe that it looks at a face. */
const leastPresence = 0.5;

export async function openMouthReader(role: ProcessRole, logger: Logger): Promise<MouthReader> {
  const runtime = await openRuntime({ role, logger });
  const graph = faceMeshGraph({ model: openFaceModel("mesh-with-attention") });
  const session = await runtime.openSession("mouth-reader", await encodeModel(variantOf(graph, { lowering: "cpu" })), {
    providers: ["cpu"],
    threads: 1,
  });
  return {
    openings: async (pictures, { frameToFace, faceSizePx }) => {
      const faceToFrame = invertAffine(frameToFace);
      if (!faceToFrame) return pictures.map(() => NaN);
      const toFrame = viewToFrame(faceToFrame, view, { faceSizePx, pictureSizePx: meshSizePx });
      const length = 3 * meshSizePx ** 2;
      const data = new Float32Array(pictures.length * length);
      for (const [item, picture] of pictures.entries())
        sampleRegion(
          picture,
          { toFrame, sizePx: meshSizePx, range: [0, 1] },
          data.subarray(item * length, (item + 1) * length),
        );
      const answers = await session.run({
        picture: tensorOf("float32", [pictures.length, 3, meshSizePx, meshSizePx], data),
      });
      assert(answers["landmarks"] && answers["presence"], "a mesh answers with landmarks and presence");
      const landmarks = expectTensor("landmarks", answers["landmarks"], "float32", [pictures.length, undefined, 3]);
      const presence = expectTensor("presence", answers["presence"], "float32", [pictures.length]);
      const perItem = landmarks.data.length / pictures.length;
      return pictures.map((_, item) =>
        (presence.data[item] ?? 0) < leastPresence
          ? NaN
          : openingOf(landmarks.data.subarray(item * perItem, (item + 1) * perItem)),
      );
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

function openingOf(landmarks: Float32Array): number {
  const between = (from: number, to: number) =>
    Math.hypot(
      (landmarks[3 * to] ?? 0) - (landmarks[3 * from] ?? 0),
      (landmarks[3 * to + 1] ?? 0) - (landmarks[3 * from + 1] ?? 0),
    );
  return between(points.upperLip, points.lowerLip) / between(points.top, points.chin);
}
