// The path along which the head's measured motion carries its anchors: what a smoother must leave alone, whatever its pace.
import { assert } from "../../../shared/failure/index.ts";
import { applyAffine } from "../../models/index.ts";
import type { Affine } from "../../models/index.ts";
import { anchorCoordinates } from "../mesh-anchors.ts";
import type { FaceAnchors } from "../align-face.ts";

/** Six numbers: how far a head's step (`headStep`) carries each of its anchors. */
export const anchorStep = ({ leftBrow, rightBrow, nose }: FaceAnchors, step: Affine): readonly number[] =>
  [leftBrow, rightBrow, nose].flatMap((anchor) => {
    const { x, y } = applyAffine(step, anchor);
    return [x - anchor.x, y - anchor.y];
  });

/**
 * `anchors` are the measured ones, [frame, 6], and `steps` how far the head carried them since the frame before, alike; NaN
 * where that is not known, as in the first frame. The result begins where the anchors do and then goes as the head went, or,
 * where that is not known, as the anchors went. It drifts slowly away from them, which is no harm: only how it differs from
 * them is smoothed.
 */
export function carriedPath(anchors: Float64Array, steps: Float32Array | Float64Array): Float64Array {
  assert(steps.length === anchors.length, "each anchor of each frame has its step");
  const carried = Float64Array.from(anchors);
  for (let at = anchorCoordinates; at < anchors.length; at++) {
    const step = steps[at] ?? NaN;
    const before = at - anchorCoordinates;
    const measured = (anchors[at] ?? NaN) - (anchors[before] ?? NaN);
    carried[at] = (carried[before] ?? NaN) + (Number.isNaN(step) ? measured : step);
  }
  return carried;
}
