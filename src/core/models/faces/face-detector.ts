// MediaPipe's face detector, short and full range: the graph, and what its answers mean. Geometry in ./regions.ts.
import { graph } from "../../onnx/index.ts";
import type { Graph } from "../../onnx/index.ts";
import { expectTensor } from "../../tensor/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import type { TfliteModel } from "../../weights/index.ts";
import { applyAffine } from "./affine.ts";
import type { Affine, Point } from "./affine.ts";
import { networkOfTflite } from "./from-tflite.ts";
import { cannotConvert } from "./tflite-values.ts";

export type FaceDetectorConfig = {
  /** The square that it looks at. */
  readonly sizePx: number;
  /** Anchor grids in order: a cell every `stridePx`, so many anchors in each. */
  readonly grids: readonly { readonly stridePx: number; readonly anchorsPerCell: number }[];
  /** The published threshold of the score. */
  readonly minScoreRatio: number;
};

/** Faces within about two metres of a phone: a face of a tenth of the square or more. Layers of stride 8, 16, 16, 16. */
export const shortRangeDetector: FaceDetectorConfig = {
  sizePx: 128,
  grids: [
    { stridePx: 8, anchorsPerCell: 2 },
    { stridePx: 16, anchorsPerCell: 6 },
  ],
  minScoreRatio: 0.5,
};

/** Faces within about five metres. */
export const fullRangeDetector: FaceDetectorConfig = {
  sizePx: 192,
  grids: [{ stridePx: 4, anchorsPerCell: 1 }],
  minScoreRatio: 0.6,
};

/** A box and six points, two numbers each. */
const valuesPerAnchor = 16;

export const anchorCount = ({ sizePx, grids }: FaceDetectorConfig): number =>
  grids.reduce((count, { stridePx, anchorsPerCell }) => count + (sizePx / stridePx) ** 2 * anchorsPerCell, 0);

/**
 * Input: picture [batch, 3, size, size], RGB, -1..1. Outputs: offsets [batch, anchors, 16] in pixels of that picture (centre
 * and size of the box, six points, all but the size counted from the anchor), logits [batch, anchors].
 */
export function faceDetectorGraph({
  config,
  model,
}: {
  readonly config: FaceDetectorConfig;
  readonly model: TfliteModel;
}): Graph {
  return graph("face-detector", (g) => {
    const picture = g.input("picture", "float32", ["batch", 3, config.sizePx, config.sizePx]);
    const outputs = [...networkOfTflite(g, model, picture).values()];
    const ofWidth = (width: number) =>
      outputs.find(({ dims }) => dims.join() === ["batch", anchorCount(config), width].join());
    const [offsets, logits] = [ofWidth(valuesPerAnchor), ofWidth(1)];
    if (!offsets || !logits || outputs.length !== 2)
      throw cannotConvert(model, `it is no face detector with ${anchorCount(config)} anchors`);
    return { offsets, logits: g.reshape(logits, ["batch", anchorCount(config)]) };
  });
}

/** Centres [anchor, (x, y)] in pixels of the detector's picture, origin at the corner of its top-left pixel. */
export function anchorCentres(config: FaceDetectorConfig): Float32Array {
  const centres: number[] = [];
  for (const { stridePx, anchorsPerCell } of config.grids) {
    const cells = config.sizePx / stridePx;
    for (let row = 0; row < cells; row++)
      for (let column = 0; column < cells; column++)
        for (let anchor = 0; anchor < anchorsPerCell; anchor++)
          centres.push((column + 0.5) * stridePx, (row + 0.5) * stridePx);
  }
  return Float32Array.from(centres);
}

/** Left and right as seen in the picture. */
export const facePoints = ["leftEye", "rightEye", "noseTip", "mouth", "leftEar", "rightEar"] as const;

export type FacePoints = Readonly<Record<(typeof facePoints)[number], Point>>;

/** x right, y down, from the corner of the top-left pixel; half-open. */
export type FaceBox = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };

/** All in one frame of reference, which is the function's to say. */
export type FaceDetection = { readonly box: FaceBox; readonly points: FacePoints; readonly scoreRatio: number };

/** Logits beyond this say no more, and exp of them would overflow. */
const maxLogit = 100;

const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-Math.min(Math.max(logit, -maxLogit), maxLogit)));

export type DetectorAnswers = { readonly offsets: Tensor; readonly logits: Tensor };

/** Every anchor above the threshold for each picture of the batch, in pixels of the detector's picture. */
export function decodeDetections(
  { offsets, logits }: DetectorAnswers,
  config: FaceDetectorConfig,
  minScoreRatio = config.minScoreRatio,
): readonly (readonly FaceDetection[])[] {
  const anchors = anchorCentres(config);
  const count = anchors.length / 2;
  const scores = expectTensor("logits", logits, "float32", [undefined, count]);
  const batch = scores.dims[0] ?? 0;
  const { data } = expectTensor("offsets", offsets, "float32", [batch, count, valuesPerAnchor]);
  return Array.from({ length: batch }, (_, item) => {
    const found: FaceDetection[] = [];
    for (let anchor = 0; anchor < count; anchor++) {
      const scoreRatio = sigmoid(scores.data[item * count + anchor] ?? -maxLogit);
      if (!(scoreRatio >= minScoreRatio)) continue;
      const at = (item * count + anchor) * valuesPerAnchor;
      const centre = { x: anchors[2 * anchor] ?? 0, y: anchors[2 * anchor + 1] ?? 0 };
      const detection = decodeAnchor(data.subarray(at, at + valuesPerAnchor), centre, scoreRatio);
      // An empty or backward box is noise; it would poison the weighted mean.
      if (detection.box.width > 0 && detection.box.height > 0) found.push(detection);
    }
    return found;
  });
}

function decodeAnchor(values: Float32Array, anchor: Point, scoreRatio: number): FaceDetection {
  const [dx = 0, dy = 0, width = 0, height = 0] = values;
  const box = { x: anchor.x + dx - width / 2, y: anchor.y + dy - height / 2, width, height };
  const pointAt = (index: number): Point => ({
    x: anchor.x + (values[4 + 2 * index] ?? 0),
    y: anchor.y + (values[5 + 2 * index] ?? 0),
  });
  return { box, points: namedPoints(pointAt), scoreRatio };
}

const namedPoints = (pointAt: (index: number) => Point): FacePoints => ({
  leftEye: pointAt(0),
  rightEye: pointAt(1),
  noseTip: pointAt(2),
  mouth: pointAt(3),
  leftEar: pointAt(4),
  rightEar: pointAt(5),
});

/** Intersection over union, 0..1. */
export function overlapRatio(a: FaceBox, b: FaceBox): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (a.width * a.height + b.width * b.height - shared);
}

/** Boxes that overlap more than this show one face. */
const sameFaceRatio = 0.3;

/**
 * One detection a face, best first: those that overlap the best one are merged into their mean, weighted by score, which
 * is steadier from frame to frame than the best alone. The merged detection keeps the best score.
 */
export function mergeDetections(detections: readonly FaceDetection[]): readonly FaceDetection[] {
  const merged: FaceDetection[] = [];
  let rest = detections.toSorted((a, b) => b.scoreRatio - a.scoreRatio);
  for (let best = rest[0]; best; best = rest[0]) {
    const { box, scoreRatio } = best;
    const isSame = (other: FaceDetection) => other.box === box || overlapRatio(other.box, box) > sameFaceRatio;
    merged.push({ ...meanDetection(rest.filter(isSame)), scoreRatio });
    rest = rest.filter((other) => !isSame(other));
  }
  return merged;
}

function meanDetection(group: readonly FaceDetection[]): Omit<FaceDetection, "scoreRatio"> {
  const total = group.reduce((sum, { scoreRatio }) => sum + scoreRatio, 0);
  const mean = (pick: (detection: FaceDetection) => number) =>
    group.reduce((sum, detection) => sum + pick(detection) * detection.scoreRatio, 0) / total;
  return {
    box: {
      x: mean(({ box }) => box.x),
      y: mean(({ box }) => box.y),
      width: mean(({ box }) => box.width),
      height: mean(({ box }) => box.height),
    },
    points: namedPoints((index) => {
      const name = facePoints[index] ?? "noseTip";
      return { x: mean(({ points }) => points[name].x), y: mean(({ points }) => points[name].y) };
    }),
  };
}

/** From the detector's picture to the frame, by an affine without rotation. */
export function detectionToFrame({ box, points, scoreRatio }: FaceDetection, detectorToFrame: Affine): FaceDetection {
  const corner = applyAffine(detectorToFrame, box);
  const far = applyAffine(detectorToFrame, { x: box.x + box.width, y: box.y + box.height });
  return {
    box: { x: corner.x, y: corner.y, width: far.x - corner.x, height: far.y - corner.y },
    points: namedPoints((index) => applyAffine(detectorToFrame, points[facePoints[index] ?? "noseTip"])),
    scoreRatio,
  };
}
