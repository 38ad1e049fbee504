// The face networks at work on one picture: windows in and detections out, regions in and meshes out, many at once.
import { assert } from "../../../shared/failure/index.ts";
import type { Logger } from "../../base/index.ts";
import {
  decodeDetections,
  detectionToFrame,
  faceDetectorGraph,
  faceMeshGraph,
  fullRangeDetector,
  landmarksToFrame,
  mergeDetections,
  meshSizePx,
  openFaceModel,
  regionToFrame,
  sampleRegion,
} from "../../models/index.ts";
import type { Affine, FaceDetection, FaceRegion } from "../../models/index.ts";
import { encodeModel, openRuntime, variantOf } from "../../onnx/index.ts";
import type { Graph, ProcessRole, Session } from "../../onnx/index.ts";
import { expectTensor, tensorOf } from "../../tensor/index.ts";
import { composeAffines } from "../affine.ts";
import type { AnalysisPicture } from "./analysis-picture.ts";
import type { DecodedPicture } from "./decoded-picture.ts";
import { isCutOff } from "./detection-windows.ts";
import type { DetectionWindow } from "./detection-windows.ts";
import { sharpnessOf } from "../face-pose.ts";
import { anchorsOfMesh } from "../mesh-anchors.ts";
import type { HeadLook } from "../motion/head-motion.ts";

export type MeshAnswer = {
  /** [point, (x, y, z)] in the upright picture. */
  readonly landmarks: Float32Array;
  /** Whether the region shows a face at all, 0..1. */
  readonly presenceRatio: number;
  /** Of the middle of the region; NaN where there is no detail. */
  readonly sharpnessRatio: number;
  /** What the mesh looked at, and where. */
  readonly look: HeadLook;
};

/** What looks at one picture. All places are those of the upright picture. */
export type FaceEyes = {
  readonly detect: (windows: readonly DetectionWindow[]) => Promise<readonly FaceDetection[]>;
  readonly mesh: (regions: readonly FaceRegion[]) => Promise<readonly MeshAnswer[]>;
};

export type FaceNetworks = AsyncDisposable & {
  readonly detectorPx: number;
  /** The frame is as decoded; `picture` says how it lies in the upright one. */
  readonly look: (frame: DecodedPicture, picture: AnalysisPicture) => FaceEyes;
};

/** More pictures at once are no faster on a processor, and would need memory for each. */
const batchSize = 8;

/** Opens detector and mesh. Only a worker, a test or a benchmark may: say which. */
export async function openFaceNetworks(role: ProcessRole, logger: Logger): Promise<FaceNetworks> {
  const runtime = await openRuntime({ role, logger });
  const open = async (graph: Graph): Promise<Session> =>
    runtime.openSession(graph.name, await encodeModel(variantOf(graph, { lowering: "cpu" })), {
      providers: ["cpu"],
      // These networks are too small to share out; the other core decodes.
      threads: 1,
    });
  await using opening = new AsyncDisposableStack();
  const detector = opening.use(
    await open(faceDetectorGraph({ config: fullRangeDetector, model: openFaceModel("detector-full-range") })),
  );
  const mesh = opening.use(await open(faceMeshGraph({ model: openFaceModel("mesh-with-attention") })));
  const opened = opening.move();
  return {
    detectorPx: fullRangeDetector.sizePx,
    look: (frame, picture) => ({
      detect: (windows) => detect({ session: detector, frame, picture }, windows),
      mesh: (regions) => findMeshes({ session: mesh, frame, picture }, regions),
    }),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

type Looking = { readonly session: Session; readonly frame: DecodedPicture; readonly picture: AnalysisPicture };

function* batchesOf<Item>(items: readonly Item[]): Iterable<readonly Item[]> {
  for (let first = 0; first < items.length; first += batchSize) yield items.slice(first, first + batchSize);
}

type Sampling = { readonly sizePx: number; readonly range: readonly [black: number, white: number] };

/** [item, 3, size, size] of what the affines show of the frame. */
function sampleAll(
  { frame, picture }: Looking,
  toPicture: readonly Affine[],
  { sizePx, range }: Sampling,
): Float32Array {
  const itemLength = 3 * sizePx * sizePx;
  const values = new Float32Array(toPicture.length * itemLength);
  for (const [item, affine] of toPicture.entries()) {
    const toFrame = composeAffines(affine, picture.uprightToDecoded);
    const target = values.subarray(item * itemLength, (item + 1) * itemLength);
    sampleRegion(frame, { toFrame, sizePx, range }, target);
  }
  return values;
}

async function detect(looking: Looking, windows: readonly DetectionWindow[]): Promise<readonly FaceDetection[]> {
  const { sizePx } = fullRangeDetector;
  const found: FaceDetection[] = [];
  for (const batch of batchesOf(windows)) {
    const affines = batch.map(({ toPicture }) => toPicture);
    const values = sampleAll(looking, affines, { sizePx, range: [-1, 1] });
    const answers = await looking.session.run({
      picture: tensorOf("float32", [batch.length, 3, sizePx, sizePx], values),
    });
    const { offsets, logits } = answers;
    assert(offsets && logits, "a detector answers offsets and logits");
    for (const [item, detections] of decodeDetections({ offsets, logits }, fullRangeDetector).entries()) {
      const window = batch[item];
      if (!window) continue;
      for (const detection of mergeDetections(detections)) {
        const inPicture = detectionToFrame(detection, window.toPicture);
        if (!isCutOff(inPicture.box, window, looking.picture.uprightSize)) found.push(inPicture);
      }
    }
  }
  return mergeDetections(found);
}

async function findMeshes(looking: Looking, regions: readonly FaceRegion[]): Promise<readonly MeshAnswer[]> {
  const found: MeshAnswer[] = [];
  for (const batch of batchesOf(regions)) {
    const affines = batch.map((region) => regionToFrame(region, meshSizePx));
    const values = sampleAll(looking, affines, { sizePx: meshSizePx, range: [0, 1] });
    const answers = await looking.session.run({
      picture: tensorOf("float32", [batch.length, 3, meshSizePx, meshSizePx], values),
    });
    const { landmarks, presence } = answers;
    assert(landmarks && presence, "a mesh answers landmarks and presence");
    const { data: presences } = expectTensor("presence", presence, "float32", [batch.length]);
    const shape = [batch.length, undefined, undefined];
    const { data, dims } = expectTensor("landmarks", landmarks, "float32", shape);
    const numbers = (dims[1] ?? 0) * (dims[2] ?? 0);
    const itemLength = 3 * meshSizePx * meshSizePx;
    for (const [item, affine] of affines.entries()) {
      const inPicture = landmarksToFrame(data.subarray(item * numbers, (item + 1) * numbers), affine);
      const picture = values.subarray(item * itemLength, (item + 1) * itemLength);
      found.push({
        landmarks: inPicture,
        presenceRatio: presences[item] ?? 0,
        sharpnessRatio: middleSharpness(picture),
        look: { picture, sizePx: meshSizePx, pictureToFrame: affine, anchors: anchorsOfMesh(inPicture) },
      });
    }
  }
  return found;
}

/** The middle third of a region, where the face is, in green: the channel with the most of the light. */
const middle = { firstPx: 56, sidePx: 80 } as const;

function middleSharpness(picture: Float32Array): number {
  const { firstPx, sidePx } = middle;
  const values = new Float32Array(sidePx * sidePx);
  const plane = meshSizePx * meshSizePx;
  for (let row = 0; row < sidePx; row++) {
    const start = plane + (firstPx + row) * meshSizePx + firstPx;
    values.set(picture.subarray(start, start + sidePx), row * sidePx);
  }
  return sharpnessOf({ channels: 1, widthPx: sidePx, heightPx: sidePx, values }) ?? NaN;
}
