// Makes one person of the average head, and moves that person's face: everything is linear on the neutral shape.
import type { HeadModel } from "./head-file.ts";

/** Weights by expression name, 0..1. A name ending in neither _L nor _R stands for both sides where sides exist. */
export type ExpressionWeights = Readonly<Record<string, number>>;

/** One person at rest: the neutral positions, and what this person's lips and lids need to seal. */
export type Person = {
  readonly neutral: Float32Array;
  /** Added to `mouthClose` always: identity moves the lips apart a little. */
  readonly mouthCloseBias: number;
  /** Multiplies `eyeBlink`. */
  readonly blinkGain: number;
};

/** Lip gap of the average face at rest, and what a unit of mouthClose takes off it: measured by the package of the head. */
const restLipGap = 0.085;
const lipGapPerMouthClose = 3.72;
const restLidGap = 0.79;

const innerLipPairs = [
  [61, 67],
  [62, 66],
  [63, 65],
] as const;
const lidPairs = [
  [37, 41],
  [38, 40],
  [43, 47],
  [44, 46],
] as const;

function meanGapY(head: HeadModel, positions: Float32Array, pairs: readonly (readonly [number, number])[]): number {
  const heightOf = (landmark: number) => positions[(head.landmarks68[landmark] ?? 0) * 3 + 1] ?? 0;
  return pairs.reduce((sum, [upper, lower]) => sum + heightOf(upper) - heightOf(lower), 0) / pairs.length;
}

/** The person with these identity weights (standard normal in the source; 0.6..0.9 of it looks unremarkable). */
export function personOf(head: HeadModel, identityWeights: readonly number[]): Person {
  const neutral = head.positions.slice();
  for (const [mode, weight] of identityWeights.entries()) {
    const offsets = head.identityModes[mode];
    if (offsets === undefined || weight === 0) continue;
    for (let at = 0; at < neutral.length; at++) neutral[at] = (neutral[at] ?? 0) + weight * (offsets[at] ?? 0);
  }
  return {
    neutral,
    mouthCloseBias: (meanGapY(head, neutral, innerLipPairs) - restLipGap) / lipGapPerMouthClose,
    blinkGain: meanGapY(head, neutral, lidPairs) / restLidGap,
  };
}

/** The person's own weights: lips and lids corrected so that a closed mouth and a blink really close. */
export function correctedWeights(person: Person, weights: ExpressionWeights): ExpressionWeights {
  return {
    ...weights,
    mouthClose: (weights["mouthClose"] ?? 0) + person.mouthCloseBias,
    eyeBlink: (weights["eyeBlink"] ?? 0) * person.blinkGain,
  };
}

/** Writes [vertex, xyz] of the person with these expressions into `result`. */
export function poseFace(head: HeadModel, person: Person, weights: ExpressionWeights, result: Float32Array): void {
  result.set(person.neutral);
  for (const [name, weight] of Object.entries(correctedWeights(person, weights))) {
    if (weight === 0) continue;
    const shapes = head.expressions.has(name) ? [name] : [`${name}_L`, `${name}_R`];
    for (const shape of shapes) addShape(head, { shape, weight }, result);
  }
}

function addShape(
  head: HeadModel,
  { shape, weight }: { readonly shape: string; readonly weight: number },
  result: Float32Array,
): void {
  const found = head.expressions.get(shape);
  if (found === undefined) throw new Error(`the head has no expression "${shape}"`);
  const { vertices, offsets } = found;
  for (let moved = 0; moved < vertices.length; moved++) {
    const at = (vertices[moved] ?? 0) * 3;
    result[at] = (result[at] ?? 0) + weight * (offsets[moved * 3] ?? 0);
    result[at + 1] = (result[at + 1] ?? 0) + weight * (offsets[moved * 3 + 1] ?? 0);
    result[at + 2] = (result[at + 2] ?? 0) + weight * (offsets[moved * 3 + 2] ?? 0);
  }
}

/** The gap between the inner lips in units (cm): the truth that everything about mouth opening is measured against. */
export const lipGap = (head: HeadModel, positions: Float32Array): number =>
  Math.max(0, meanGapY(head, positions, innerLipPairs));

/** From the brows to the chin in units: what gaps are divided by, so that people of all sizes compare. */
export function faceHeight(head: HeadModel, person: Person): number {
  const heightOf = (landmark: number) => person.neutral[(head.landmarks68[landmark] ?? 0) * 3 + 1] ?? 0;
  return (heightOf(19) + heightOf(24)) / 2 - heightOf(8);
}

/** Triangles over corners, and the vertex each corner stands on: corners double where a texture has a seam. */
export type Mesh = { readonly triangles: Uint32Array; readonly cornerToVertex: Uint32Array };

/** Unit normals per vertex, area-weighted over the faces around it; [vertex, xyz]. */
export function vertexNormals(
  { triangles, cornerToVertex }: Mesh,
  positions: Float32Array,
  result: Float32Array,
): void {
  result.fill(0);
  for (let corner = 0; corner < triangles.length; corner += 3) {
    const a = (cornerToVertex[triangles[corner] ?? 0] ?? 0) * 3;
    const b = (cornerToVertex[triangles[corner + 1] ?? 0] ?? 0) * 3;
    const c = (cornerToVertex[triangles[corner + 2] ?? 0] ?? 0) * 3;
    const ax = positions[a] ?? 0;
    const ay = positions[a + 1] ?? 0;
    const az = positions[a + 2] ?? 0;
    const ux = (positions[b] ?? 0) - ax;
    const uy = (positions[b + 1] ?? 0) - ay;
    const uz = (positions[b + 2] ?? 0) - az;
    const vx = (positions[c] ?? 0) - ax;
    const vy = (positions[c + 1] ?? 0) - ay;
    const vz = (positions[c + 2] ?? 0) - az;
    const nx = uy * vz - uz * vy;
    const ny = uz * vx - ux * vz;
    const nz = ux * vy - uy * vx;
    addTo(result, a, nx, ny, nz);
    addTo(result, b, nx, ny, nz);
    addTo(result, c, nx, ny, nz);
  }
  for (let at = 0; at < result.length; at += 3) {
    const x = result[at] ?? 0;
    const y = result[at + 1] ?? 0;
    const z = result[at + 2] ?? 0;
    const scale = 1 / Math.max(1e-12, Math.sqrt(x * x + y * y + z * z));
    result[at] = x * scale;
    result[at + 1] = y * scale;
    result[at + 2] = z * scale;
  }
}

// eslint-disable-next-line max-params -- called 150,000 times a frame: an object per call would cost more than the sum
function addTo(values: Float32Array, at: number, x: number, y: number, z: number): void {
  values[at] = (values[at] ?? 0) + x;
  values[at + 1] = (values[at + 1] ?? 0) + y;
  values[at + 2] = (values[at + 2] ?? 0) + z;
}
