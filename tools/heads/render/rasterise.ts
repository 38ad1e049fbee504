// Fills triangles into a buffer that says, per sample, which triangle is nearest and where in it the sample lies.

/** `triangle` is -1 where nothing was drawn. `second` and `third` are the weights of the triangle's 2nd and 3rd corner. */
export type VisibleSamples = {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly triangle: Int32Array;
  readonly second: Float32Array;
  readonly third: Float32Array;
  /** Nearness along the view: larger is nearer. */
  readonly nearness: Float32Array;
};

export type CornersOnScreen = {
  /** [corner, xy] in samples, y down, origin at the corner of the first sample. */
  readonly xy: Float32Array;
  readonly nearness: Float32Array;
};

export type TriangleRun = {
  /** [triangle, 3] corners. */
  readonly triangles: Uint32Array;
  readonly firstTriangle: number;
  readonly triangleCount: number;
  /** Sides that face away are drawn, too: for the mouth's socket, cloth and hair. */
  readonly sides: "front" | "both";
  /** Says no where a surface is not there although its triangle is: lashes, the ragged edge of hair. */
  readonly isThere?: (triangle: number, second: number, third: number, sample: number) => boolean;
};

export function visibleSamples(widthPx: number, heightPx: number): VisibleSamples {
  const count = widthPx * heightPx;
  return {
    widthPx,
    heightPx,
    triangle: new Int32Array(count),
    second: new Float32Array(count),
    third: new Float32Array(count),
    nearness: new Float32Array(count),
  };
}

export function clearSamples(samples: VisibleSamples): void {
  samples.triangle.fill(-1);
  samples.nearness.fill(-Infinity);
}

/**
 * Draws a run of triangles by edge functions (Pineda 1988) over each triangle's box. Front is counter-clockwise as seen
 * with y up, which is clockwise here. Weights and nearness are linear on the screen: the head is far away compared with its
 * depth, so the error of leaving perspective out is below a hundredth of a triangle.
 */
export function drawTriangles(samples: VisibleSamples, { xy, nearness }: CornersOnScreen, run: TriangleRun): void {
  const { widthPx, heightPx } = samples;
  const { triangles, firstTriangle, triangleCount, sides, isThere } = run;
  for (let triangle = firstTriangle; triangle < firstTriangle + triangleCount; triangle++) {
    const a = triangles[triangle * 3] ?? 0;
    const b = triangles[triangle * 3 + 1] ?? 0;
    const c = triangles[triangle * 3 + 2] ?? 0;
    const ax = xy[a * 2] ?? 0;
    const ay = xy[a * 2 + 1] ?? 0;
    const bx = xy[b * 2] ?? 0;
    const by = xy[b * 2 + 1] ?? 0;
    const cx = xy[c * 2] ?? 0;
    const cy = xy[c * 2 + 1] ?? 0;
    const area = (cx - ax) * (by - ay) - (cy - ay) * (bx - ax);
    if (area === 0 || (area < 0 && sides === "front")) continue;
    const left = Math.max(0, Math.ceil(Math.min(ax, bx, cx) - 0.5));
    const right = Math.min(widthPx - 1, Math.floor(Math.max(ax, bx, cx) - 0.5));
    const top = Math.max(0, Math.ceil(Math.min(ay, by, cy) - 0.5));
    const bottom = Math.min(heightPx - 1, Math.floor(Math.max(ay, by, cy) - 0.5));
    if (left > right || top > bottom) continue;
    const inverse = 1 / area;
    // Weight of b grows along x by (cy-ay), falls along y by (cx-ax); of c likewise with b and the other sign.
    const secondByX = -(cy - ay) * inverse;
    const secondByY = (cx - ax) * inverse;
    const thirdByX = (by - ay) * inverse;
    const thirdByY = -(bx - ax) * inverse;
    const az = nearness[a] ?? 0;
    const bz = (nearness[b] ?? 0) - az;
    const cz = (nearness[c] ?? 0) - az;
    for (let y = top; y <= bottom; y++) {
      const dy = y + 0.5 - ay;
      const dx = left + 0.5 - ax;
      let second = secondByX * dx + secondByY * dy;
      let third = thirdByX * dx + thirdByY * dy;
      let at = y * widthPx + left;
      for (let x = left; x <= right; x++, at++, second += secondByX, third += thirdByX) {
        if (second < 0 || third < 0 || second + third > 1) continue;
        const near = az + second * bz + third * cz;
        if (near <= (samples.nearness[at] ?? 0)) continue;
        if (isThere !== undefined && !isThere(triangle, second, third, at)) continue;
        samples.nearness[at] = near;
        samples.triangle[at] = triangle;
        samples.second[at] = second;
        samples.third[at] = third;
      }
    }
  }
}
