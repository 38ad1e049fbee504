// MediaPipe's own operators, by which the mesh with attention looks again at lips and eyes, from ordinary ones.
import type { Builder, Value } from "../../onnx/index.ts";
import type { FlexValue } from "../../weights/index.ts";
import { fixedSize } from "../layers.ts";

type Call = {
  readonly inputs: readonly Value[];
  readonly options: ReadonlyMap<string, FlexValue>;
  readonly refuse: (why: string) => Error;
};

/** By their names in the model, version 2 each. Affines are [batch, 4, 4] that move x and y and leave the rest. */
export const landmarkOperators: Readonly<Record<string, (g: Builder, call: Call) => Value>> = {
  Landmarks2TransformMatrix: regionAffine,
  TransformTensorBilinear: warpPicture,
  TransformLandmarks: moveLandmarks,
};

function numberOf({ options, refuse }: Call, key: string): number {
  const value = options.get(key);
  if (typeof value !== "number" || !Number.isFinite(value)) throw refuse(`it has no number "${key}"`);
  return value;
}

function sizeOf(call: Call, key: string): number {
  const value = numberOf(call, key);
  if (!Number.isInteger(value) || value < 1 || value > 1024) throw call.refuse(`"${key}" is ${value}`);
  return value;
}

function inputOf({ inputs, refuse }: Call, index: number): Value {
  const found = inputs[index];
  if (!found) throw refuse(`it has ${inputs.length} inputs`);
  return found;
}

/**
 * The affine from a region's own pixels [output_width x output_height] to the map in whose pixels the landmarks
 * [batch, n, 3] are given: an upright box around a subset of them, level with the line between two of them, stretched by
 * scale_x and scale_y.
 */
function regionAffine(g: Builder, call: Call): Value {
  const landmarks = inputOf(call, 0);
  const count = fixedSize(landmarks, 1);
  const subset = call.options.get("subset_idxs");
  if (!Array.isArray(subset) || subset.length === 0) throw call.refuse("it names no landmarks");
  const indexOf = (value: number) => {
    if (!Number.isInteger(value) || value < 0 || value >= count) throw call.refuse(`there is no landmark ${value}`);
    return value;
  };
  const pick = (indices: readonly number[], axis: 0 | 1) =>
    g.slice(g.gather(landmarks, g.ints(indices.map(indexOf)), 1), { axis: 2, from: axis, to: axis + 1 });
  const ends = [numberOf(call, "left_rotation_idx"), numberOf(call, "right_rotation_idx")];
  const along = ([0, 1] as const).map((axis) => {
    const [left, right] = ends.map((end) => pick([end], axis));
    return left && right ? g.sub(right, left) : landmarks;
  });
  const [dx = landmarks, dy = landmarks] = along;
  const turn = rotationBack(g, { dx, dy, targetRadians: numberOf(call, "target_rotation_radians") });
  const numbers: readonly number[] = subset.map(Number);
  const box = levelBox(g, { x: pick(numbers, 0), y: pick(numbers, 1), turn });
  const [outputWidth, outputHeight] = [sizeOf(call, "output_width"), sizeOf(call, "output_height")];
  const stretchX = g.mul(box.width, numberOf(call, "scale_x") / outputWidth);
  const stretchY = g.mul(box.height, numberOf(call, "scale_y") / outputHeight);
  // Rows of: shift to the centre, turn back, stretch, shift the region's middle to 0.
  const rows = [
    [g.mul(turn.cos, stretchX), g.mul(turn.sin, stretchY), box.centreX],
    [g.neg(g.mul(turn.sin, stretchX)), g.mul(turn.cos, stretchY), box.centreY],
  ].map(([a = landmarks, b = landmarks, centre = landmarks]) => {
    const middle = g.add(g.mul(a, outputWidth / 2), g.mul(b, outputHeight / 2));
    return g.concat([a, b, g.mul(a, 0), g.sub(centre, middle)], 2);
  });
  const rest = g.floats([1, 2, 4], [0, 0, 1, 0, 0, 0, 0, 1]);
  return g.concat([...rows, g.expand(rest, [landmarks.dims[0] ?? 1, 2, 4])], 1);
}

type Turn = { readonly cos: Value; readonly sin: Value };

/** Cosine and sine of (target - angle of [dx, dy]), without going through the angle. */
function rotationBack(
  g: Builder,
  { dx, dy, targetRadians }: { readonly dx: Value; readonly dy: Value; readonly targetRadians: number },
): Turn {
  const length = g.max(g.sqrt(g.add(g.mul(dx, dx), g.mul(dy, dy))), 1e-12);
  const [cosLine, sinLine] = [g.div(dx, length), g.div(dy, length)];
  const [cosTarget, sinTarget] = [Math.cos(targetRadians), Math.sin(targetRadians)];
  return {
    cos: g.add(g.mul(cosLine, cosTarget), g.mul(sinLine, sinTarget)),
    sin: g.sub(g.mul(cosLine, sinTarget), g.mul(sinLine, cosTarget)),
  };
}

/** The box of points x, y [batch, n, 1] once they are turned; its centre turned back. Each result is [batch, 1, 1]. */
function levelBox(g: Builder, { x, y, turn }: { readonly x: Value; readonly y: Value; readonly turn: Turn }) {
  const turnedX = g.sub(g.mul(x, turn.cos), g.mul(y, turn.sin));
  const turnedY = g.add(g.mul(x, turn.sin), g.mul(y, turn.cos));
  const [right, left] = [g.reduceMax(turnedX, [1]), g.reduceMin(turnedX, [1])];
  const [bottom, top] = [g.reduceMax(turnedY, [1]), g.reduceMin(turnedY, [1])];
  const [middleX, middleY] = [g.mul(g.add(left, right), 0.5), g.mul(g.add(top, bottom), 0.5)];
  return {
    width: g.sub(right, left),
    height: g.sub(bottom, top),
    centreX: g.add(g.mul(middleX, turn.cos), g.mul(middleY, turn.sin)),
    centreY: g.sub(g.mul(middleY, turn.cos), g.mul(middleX, turn.sin)),
  };
}

/** First two rows of the affine, [batch, 2, 4]. */
const xyRows = (g: Builder, affine: Value): Value => g.slice(affine, { axis: 1, from: 0, to: 2 });

/** [batch, c, h, w] seen through a region's affine; bilinear, pixel centres at .5, zero where a centre falls outside. */
function warpPicture(g: Builder, call: Call): Value {
  const [picture, affine] = [inputOf(call, 0), inputOf(call, 1)];
  const [height, width] = [sizeOf(call, "output_height"), sizeOf(call, "output_width")];
  const places = Array.from({ length: height * width }, (_, index) => [
    (index % width) + 0.5,
    Math.floor(index / width) + 0.5,
    0,
    1,
  ]).flat();
  const sources = g.matMul(g.floats([1, height * width, 4], places), g.transpose(xyRows(g, affine), [0, 2, 1]));
  const sizes = [fixedSize(picture, 3), fixedSize(picture, 2)];
  const grid = g.sub(
    g.mul(
      sources,
      g.floats(
        [2],
        sizes.map((sizePx) => 2 / sizePx),
      ),
    ),
    1,
  );
  const batch = picture.dims[0] ?? 1;
  const sampled = g.gridSample(picture, g.reshape(grid, [batch, height, width, 2]), { padding: "border" });
  // The runtime fades towards a border; the published operator cuts at the outermost pixel centres.
  const lowest = g.greaterOrEqual(sources, 0.5);
  const highest = g.lessOrEqual(
    sources,
    g.floats(
      [2],
      sizes.map((sizePx) => sizePx - 0.5),
    ),
  );
  const inside = g.cast(g.and(lowest, highest), "float32");
  const mask = g.reduceMin(inside, [2], "drop");
  return g.mul(sampled, g.reshape(mask, [batch, 1, height, width]));
}

/** Landmarks [batch, n, 2] of a region moved by its affine. */
function moveLandmarks(g: Builder, call: Call): Value {
  const [landmarks, affine] = [inputOf(call, 0), inputOf(call, 1)];
  if (fixedSize(landmarks, 2) !== 2) throw call.refuse(`landmarks have ${fixedSize(landmarks, 2)} coordinates`);
  const turnOfXy = g.slice(xyRows(g, affine), { axis: 2, from: 0, to: 2 });
  const shift = g.slice(xyRows(g, affine), { axis: 2, from: 3, to: 4 });
  return g.add(g.matMul(landmarks, g.transpose(turnOfXy, [0, 2, 1])), g.transpose(shift, [0, 2, 1]));
}
