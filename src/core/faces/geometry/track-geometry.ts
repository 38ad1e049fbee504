// Where one face is, frame by frame: what the analysis measured and what a person corrected by hand. Immutable values.
import { assert } from "../../../shared/failure/index.ts";
import type { FrameRange } from "../../../shared/time/index.ts";
import type { FaceBox } from "../../models/index.ts";
import type { FaceAnchors } from "../align-face.ts";
import type { FrameSizePx } from "../eligibility.ts";
import { anchorCoordinates } from "../mesh-anchors.ts";

/** How the coded frame is turned, clockwise, to stand upright. */
export type Rotation = 0 | 90 | 180 | 270;

/** How far a box is moved and grown at a frame of the track; between key frames on the way from one to the next. */
export type BoxKey = { readonly frameInTrack: number; readonly offset: FaceBox };

/** How far the three anchors are moved, likewise, in pixels of the coded frame. */
export type AnchorKey = { readonly frameInTrack: number; readonly offset: FaceAnchors };

export type Corrections = {
  /** In order, one a frame at most. Before the first and after the last the nearest holds. */
  readonly boxKeys: readonly BoxKey[];
  readonly anchorKeys: readonly AnchorKey[];
  /** Frames of the track that a person took out: in order, apart from each other. */
  readonly excluded: readonly FrameRange[];
};

export const noCorrections: Corrections = { boxKeys: [], anchorKeys: [], excluded: [] };

/** All positions in pixels of the coded frame, origin at the corner of its top-left pixel. Arrays run frame after frame. */
export type TrackGeometry = {
  readonly frameCount: number;
  readonly frameSize: FrameSizePx;
  readonly rotationDegrees: Rotation;
  /** 1 where the face was seen; 0 where its place was filled in between neighbours. */
  readonly seen: Uint8Array;
  /** [frame, (x, y, width, height)], as measured. */
  readonly boxes: Float64Array;
  /** [frame, (left brow, right brow, nose) x (x, y)], as measured and never smoothed. */
  readonly anchors: Float64Array;
  /** [frame, (left brow, right brow, nose) x (x, y)]: how far the head carried them since the frame before; NaN: unknown. */
  readonly steps: Float32Array;
  /** Which of the 478 landmarks `mesh` holds, rising. */
  readonly meshPoints: readonly number[];
  /** [frame, point of `meshPoints`, (x, y)]. */
  readonly mesh: Float32Array;
  /** [frame, (yaw, pitch, roll)] in radians, of the upright picture. */
  readonly pose: Float32Array;
  /** 0..1 per frame; NaN where it was not measured. */
  readonly presenceRatio: Float32Array;
  readonly sharpnessRatio: Float32Array;
  readonly hiddenRatio: Float32Array;
  readonly corrections: Corrections;
  /** What the face usually looks like, for `suggestPeople`; undefined where no mesh was seen. */
  readonly appearance?: Float32Array | undefined;
};

/** Numbers a frame of each array. */
export const perFrame = { boxes: 4, anchors: anchorCoordinates, pose: 3 } as const;

const faceOval = [
  10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136,
  172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
];
const outerLips = [61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 185, 40, 39, 37, 0, 267, 269, 270, 409];
const innerLips = [78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 191, 80, 81, 82, 13, 312, 311, 310, 415];
const brows = [70, 63, 105, 66, 107, 300, 293, 334, 296, 336];
const nose = [1, 4, 5, 129, 358];
const eyes = [33, 133, 145, 159, 263, 362, 374, 386, 468, 473];

/** The landmarks that are kept: outline and jaw, both lips, brows, nose, eyes with their lids and irises. */
export const storedMeshPoints: readonly number[] = [
  ...new Set([...faceOval, ...outerLips, ...innerLips, ...brows, ...nose, ...eyes]),
].toSorted((a, b) => a - b);

/** The measured box of a frame. */
export function boxAt({ boxes }: Pick<TrackGeometry, "boxes">, frameInTrack: number): FaceBox {
  const [x = 0, y = 0, width = 0, height = 0] = boxes.subarray(4 * frameInTrack, 4 * frameInTrack + 4);
  return { x, y, width, height };
}

/** The place of a landmark in a frame; the landmark must be one that is kept. */
export function landmarkAt(
  { mesh, meshPoints }: Pick<TrackGeometry, "mesh" | "meshPoints">,
  frameInTrack: number,
  landmark: number,
): { readonly x: number; readonly y: number } {
  const place = meshPoints.indexOf(landmark);
  assert(place >= 0, `landmark ${landmark} is among those that a track keeps`);
  const at = 2 * (frameInTrack * meshPoints.length + place);
  return { x: mesh[at] ?? 0, y: mesh[at + 1] ?? 0 };
}

export const isExcluded = ({ excluded }: Corrections, frameInTrack: number): boolean =>
  excluded.some(
    ({ startFrame, durationFrames }) => frameInTrack >= startFrame && frameInTrack < startFrame + durationFrames,
  );

/** The frames of a track from one to before another, as a track of its own, with what corrections say of them. */
export function sliceGeometry(geometry: TrackGeometry, range: FrameRange): TrackGeometry {
  const { startFrame, durationFrames } = range;
  assert(startFrame >= 0 && startFrame + durationFrames <= geometry.frameCount, "a slice lies inside its track");
  const part = <Values extends Uint8Array | Float32Array | Float64Array>(values: Values): Values => {
    const width = values.length / geometry.frameCount;
    return values.slice(startFrame * width, (startFrame + durationFrames) * width) as Values;
  };
  return {
    ...geometry,
    frameCount: durationFrames,
    seen: part(geometry.seen),
    boxes: part(geometry.boxes),
    anchors: part(geometry.anchors),
    steps: part(geometry.steps),
    mesh: part(geometry.mesh),
    pose: part(geometry.pose),
    presenceRatio: part(geometry.presenceRatio),
    sharpnessRatio: part(geometry.sharpnessRatio),
    hiddenRatio: part(geometry.hiddenRatio),
  };
}
