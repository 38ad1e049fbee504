// A face recogniser that a person brought: ArcFace, SFace and their kin as ONNX files. None comes with the program, for the
// weights that are good may not be sold, and those that may be are trained on pictures that nobody can vouch for.
import { assert, refused } from "../../../shared/failure/index.ts";
import { readForeignModel } from "../../onnx/index.ts";
import type { Graph } from "../../onnx/index.ts";
import type { Affine, Point } from "./affine.ts";
import { pointsOfMesh } from "./regions.ts";

export type FaceEmbedder = {
  readonly graph: Graph;
  /** Its picture is [batch, 3, size, size], R, G, B. */
  readonly inputName: string;
  readonly outputName: string;
  /** What black and white become. */
  readonly range: readonly [black: number, white: number];
};

/** The published recognisers all look at squares of this side. */
export const embedderSizePx = 112;
/** Fewer numbers name no face, more are no embedding. */
const [leastNumbers, mostNumbers] = [64, 4096];
/** A graph that begins by taking a mean away and scaling is fed bytes; the others want -1..1. */
const firstNodes = 8;

/** Refused where the file is no recogniser of this family; see `readForeignModel` for what else is. */
export function readFaceEmbedder(bytes: Uint8Array): FaceEmbedder {
  const graph = readForeignModel(bytes);
  const [input, ...otherInputs] = graph.inputs;
  const [output, ...otherOutputs] = graph.outputs;
  const isPicture =
    input?.dtype === "float32" && input.dims.slice(1).join() === `3,${embedderSizePx},${embedderSizePx}`;
  const length = Number(output?.value.dims.at(-1));
  const isEmbedding = output?.value.dims.length === 2 && length >= leastNumbers && length <= mostNumbers;
  if (!input || !output || !isPicture || !isEmbedding || otherInputs.length > 0 || otherOutputs.length > 0)
    throw refused("models.no-face-embedder", {
      message: `The model is no face recogniser: one takes a picture [batch, 3, ${embedderSizePx}, ${embedderSizePx}] and gives one row of numbers.`,
      hint: "Choose an ArcFace or SFace model as an ONNX file.",
      details: { inputs: graph.inputs.length, outputs: graph.outputs.length },
    });
  const first = graph.nodes.slice(0, firstNodes).map(({ op }) => op);
  const scalesItself = first.includes("Sub") && (first.includes("Mul") || first.includes("Div"));
  return { graph, inputName: input.name, outputName: output.name, range: scalesItself ? [0, 255] : [-1, 1] };
}

/** Where eyes, nose and the corners of the mouth lie in the square, as the family was trained. */
const template: readonly Point[] = [
  { x: 38.2946, y: 51.6963 },
  { x: 73.5318, y: 51.5014 },
  { x: 56.0252, y: 71.7366 },
  { x: 41.5493, y: 92.3655 },
  { x: 70.7299, y: 92.2041 },
];

/** Landmarks whose means are those five points: corners of each eye, the nose's tip, each corner of the mouth. */
const templatePoints = [[33, 133], [362, 263], [1], [61], [291]] as const;

/** From the recogniser's square to the frame, fitted to a mesh [point, (x, y, z)] of it; least squares over turn, scale and shift. */
export function embedderToFrame(landmarks: Float32Array): Affine {
  assert(landmarks.length >= 3 * pointsOfMesh, `a mesh has ${pointsOfMesh} points or more`);
  const seen = templatePoints.map((points): Point => {
    const mean = (axis: number): number =>
      points.reduce<number>((sum, point) => sum + (landmarks[3 * point + axis] ?? 0), 0) / points.length;
    return { x: mean(0), y: mean(1) };
  });
  const middle = (points: readonly Point[]): Point => ({
    x: points.reduce((sum, { x }) => sum + x, 0) / points.length,
    y: points.reduce((sum, { y }) => sum + y, 0) / points.length,
  });
  const [from, to] = [middle(template), middle(seen)];
  let [along, across, spread] = [0, 0, 0];
  for (const [index, point] of template.entries()) {
    const goal = seen[index] ?? to;
    const [x, y, u, v] = [point.x - from.x, point.y - from.y, goal.x - to.x, goal.y - to.y];
    along += x * u + y * v;
    across += x * v - y * u;
    spread += x * x + y * y;
  }
  const [cos, sin] = [along / spread, across / spread];
  return [cos, -sin, to.x - cos * from.x + sin * from.y, sin, cos, to.y - sin * from.x - cos * from.y];
}
