// From the head's space to the picture: the head turns on its neck, a pinhole sees it, an affine picks the part wanted.

/** Radians. Yaw turns to the subject's left, pitch nods down, roll leans to the subject's left shoulder. */
export type HeadTurn = { readonly yaw: number; readonly pitch: number; readonly roll: number };

/** Centimetres, in the camera's frame: x right, y up, z to the camera. */
export type HeadShift = readonly [number, number, number];

export type Camera = {
  /** From the camera to the origin of the head. */
  readonly distanceCm: number;
  /** Pixels per centimetre at that distance. */
  readonly scalePxPerCm: number;
  /** Where the origin of the head lands, in pixels. */
  readonly centreXPx: number;
  readonly centreYPx: number;
};

/** Where the neck bends, and between which heights the trunk takes over. */
const pivot = [0, -6.5, -1.5] as const;
const neckFrom = -15.5;
const neckTo = -6.5;

/** 1 rides with the head, 0 stays with the trunk, by height at rest. */
export function neckRide(restY: number): number {
  const ratio = Math.min(1, Math.max(0, (restY - neckFrom) / (neckTo - neckFrom)));
  return ratio * ratio * (3 - 2 * ratio);
}

/** Row-major 3x3: roll after pitch after yaw. */
export function turnMatrix({ yaw, pitch, roll }: HeadTurn): Float64Array {
  const [cy, sy, cp, sp, cr, sr] = [
    Math.cos(yaw),
    Math.sin(yaw),
    Math.cos(pitch),
    Math.sin(pitch),
    Math.cos(roll),
    Math.sin(roll),
  ] as [number, number, number, number, number, number];
  // Rz(roll) * Rx(pitch) * Ry(yaw)
  const m = [cy, 0, sy, sp * sy, cp, -sp * cy, -cp * sy, sp, cp * cy] as const;
  return Float64Array.of(
    cr * m[0] - sr * m[3],
    cr * m[1] - sr * m[4],
    cr * m[2] - sr * m[5],
    sr * m[0] + cr * m[3],
    sr * m[1] + cr * m[4],
    sr * m[2] + cr * m[5],
    m[6],
    m[7],
    m[8],
  );
}

/** Turns and shifts [vertex, xyz] in place; each vertex follows by its ride. Directions (normals) are not shifted. */
export function turnVertices(
  values: Float32Array,
  rides: Float32Array,
  { matrix, shift, kind }: { matrix: Float64Array; shift: HeadShift; kind: "places" | "directions" },
): void {
  const [a, b, c, d, e, f, g, h, i] = matrix as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const [px, py, pz] = kind === "places" ? pivot : ([0, 0, 0] as const);
  const [sx, sy, sz] = kind === "places" ? shift : ([0, 0, 0] as const);
  for (let vertex = 0; vertex < rides.length; vertex++) {
    const at = vertex * 3;
    const ride = rides[vertex] ?? 0;
    const x = (values[at] ?? 0) - px;
    const y = (values[at + 1] ?? 0) - py;
    const z = (values[at + 2] ?? 0) - pz;
    // A head that shifts takes its shoulders along by a half.
    const along = 0.5 + 0.5 * ride;
    values[at] = px + x + ride * (a * x + b * y + c * z - x) + along * sx;
    values[at + 1] = py + y + ride * (d * x + e * y + f * z - y) + along * sy;
    values[at + 2] = pz + z + ride * (g * x + h * y + i * z - z) + along * sz;
  }
}

/** [vertex, xy] in pixels, y down, and nearness (z). */
export function project(
  positions: Float32Array,
  { distanceCm, scalePxPerCm, centreXPx, centreYPx }: Camera,
  xy: Float32Array,
): void {
  for (let vertex = 0; vertex * 3 < positions.length; vertex++) {
    const z = positions[vertex * 3 + 2] ?? 0;
    const scale = (scalePxPerCm * distanceCm) / Math.max(1, distanceCm - z);
    xy[vertex * 2] = centreXPx + (positions[vertex * 3] ?? 0) * scale;
    xy[vertex * 2 + 1] = centreYPx - (positions[vertex * 3 + 1] ?? 0) * scale;
  }
}
