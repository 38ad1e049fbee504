// The path along which the head's measured motion carries its anchors: what a smoother must leave alone, whatever its pace.
import { assert } from "../../../shared/failure/index.ts";
import { applyAffine } from "../../models/index.ts";
import type { Affine } from "../../models/index.ts";
import { anchorCoordinates, anchorsAt } from "../mesh-anchors.ts";
import type { FaceAnchors } from "../align-face.ts";

/**
 * `anchors` are the measured ones, [frame, 6]; `steps` lead from each frame to the next (`headStep`), one fewer than there are
 * frames. The result, [frame, 6], begins where the anchors do and then goes as the head went; where a step is not known, as the
 * anchors went. It drifts slowly away from the anchors, which is no harm: only how it differs from them is smoothed.
 */
export function carriedPath(anchors: Float64Array, steps: readonly (Affine | undefined)[]): Float64Array {
  const frameCount = anchors.length / anchorCoordinates;
  assert(steps.length === Math.max(0, frameCount - 1), `${frameCount} frames have one step fewer between them`);
  const carried = Float64Array.from(anchors);
  for (const [frame, step] of steps.entries()) {
    const moved = step && movedBy(anchorsAt(anchors, frame), step);
    for (let coordinate = 0; coordinate < anchorCoordinates; coordinate++) {
      const at = frame * anchorCoordinates + coordinate;
      const goal = moved?.[coordinate] ?? anchors[at + anchorCoordinates] ?? NaN;
      carried[at + anchorCoordinates] = (carried[at] ?? NaN) + goal - (anchors[at] ?? NaN);
    }
  }
  return carried;
}

const movedBy = ({ leftBrow, rightBrow, nose }: FaceAnchors, step: Affine): readonly number[] =>
  [leftBrow, rightBrow, nose].flatMap((anchor) => {
    const { x, y } = applyAffine(step, anchor);
    return [x, y];
  });
