// Every face of every frame: found by the detector now and then, followed by its own mesh from frame to frame in between.
import { overlapRatio, pointsOfMesh, regionOfDetection, regionOfLandmarks } from "../../models/index.ts";
import type { FaceBox, FaceDetection, FacePoints, FaceRegion, Point } from "../../models/index.ts";
import type { AnalysisPicture } from "./analysis-picture.ts";
import { tileWindows, wholeWindow } from "./detection-windows.ts";
import type { DetectionWindow } from "./detection-windows.ts";
import type { FaceEyes, MeshAnswer } from "./face-networks.ts";
import { anchorStep } from "../motion/carried-path.ts";
import { headPattern, headStep } from "../motion/head-motion.ts";
import type { HeadPattern } from "../motion/head-motion.ts";

/** One face of one frame; all places are those of the upright picture. */
export type SeenFace = {
  /** The box holds the whole mesh where there is one; the score is the detector's, by the mesh's presence. */
  readonly detection: FaceDetection;
  /** Undefined where the detector sees a face that the mesh does not: turned far away, covered. */
  readonly mesh: MeshAnswer | undefined;
  /** How far the head carried the anchors since the frame before, six numbers; undefined where that is not known. */
  readonly anchorStep?: readonly number[] | undefined;
};

/** What a follower knows of a face between two frames. */
export type FollowedFace = {
  readonly landmarks: Float32Array;
  /** The detector's, when it last saw the face; less for each look at which it did not. */
  readonly scoreRatio: number;
  /** Looks in a row at which the detector did not see it. */
  readonly missedLooks: number;
  /** Its pixels in the frame before. Not kept over a stop: at the beginning of a stretch no step is known. */
  readonly pattern?: HeadPattern;
};

/** What must be kept to go on at the next frame as if nothing had happened. */
export type FollowerState = {
  readonly faces: readonly FollowedFace[];
  /** The detector looks at every frame before this one. */
  readonly lookUntilFrame: number;
};

export const nobodyFollowed: FollowerState = { faces: [], lookUntilFrame: 0 };

/** The detector looks at the whole picture every so many frames, and at its parts for small faces. */
const lookEveryFrames = 6;
const lookCloselyEveryFrames = 24;
/** A face that was lost is looked for at once, for so many frames. */
const lookAgainFrames = 3;
/** MediaPipe's own threshold of the mesh's presence. */
const leastPresence = 0.5;
/** Boxes that overlap more show one face. */
const sameFaceRatio = 0.3;
/** A face that the detector misses is believed less, and given up after so many looks. */
const missedRatio = 0.85;
const mostMissedLooks = 8;
/** Of a crowd the largest are followed; the others are seen only when the detector looks. */
const mostFollowed = 24;
/** The detector finds a face of this many of its own pixels for certain. */
const surelySeenPx = 14;

type Place = {
  readonly frameIndex: number;
  /** The picture is quite another than before. */
  readonly hasChanged: boolean;
  /** What was seen before is known as it would be after a stop. */
  readonly isFirstOfStretch: boolean;
};

export class FaceFollower {
  readonly #picture: AnalysisPicture;
  readonly #whole: DetectionWindow;
  readonly #tiles: readonly DetectionWindow[];
  readonly #detectorScale: number;
  #state: FollowerState;

  constructor(picture: AnalysisPicture, detectorPx: number, state: FollowerState) {
    const { uprightSize } = picture;
    this.#picture = picture;
    this.#whole = wholeWindow(uprightSize, detectorPx);
    this.#tiles = tileWindows(uprightSize, detectorPx);
    this.#detectorScale = detectorPx / Math.max(uprightSize.widthPx, uprightSize.heightPx);
    this.#state = state;
  }

  get state(): FollowerState {
    return this.#state;
  }

  /** The faces of the next frame, largest first. */
  async see(eyes: FaceEyes, { frameIndex, hasChanged, isFirstOfStretch }: Place): Promise<readonly SeenFace[]> {
    const { lookUntilFrame } = this.#state;
    const faces = isFirstOfStretch ? this.#state.faces.map(withoutPattern) : this.#state.faces;
    const isLooking = hasChanged || frameIndex % lookEveryFrames === 0 || frameIndex < lookUntilFrame;
    const isClose = hasChanged || frameIndex % lookCloselyEveryFrames === 0;
    const windows = isLooking ? [this.#whole, ...(isClose ? this.#tiles : [])] : [];
    const detections = windows.length > 0 ? await eyes.detect(windows) : [];
    const followed = await this.#followOn(eyes, faces);
    const kept = followed.flatMap(({ face, mesh }) => {
      const isLook = this.#isLookFor(mesh.landmarks, isLooking, isClose);
      const goesOn = judgeFace({ face, mesh, detections, isLook });
      return goesOn ? [goesOn] : [];
    });
    const fresh = await this.#find(eyes, detections.filter(isNew(kept.map(({ seen }) => seen.detection.box))));
    const all = withoutTwins([...kept, ...fresh.found]);
    const isAnyLost = kept.length < faces.length || fresh.unmeshed.length > 0;
    this.#state = {
      faces: all.slice(0, mostFollowed).map(({ next }) => next),
      lookUntilFrame: isAnyLost ? frameIndex + 1 + lookAgainFrames : lookUntilFrame,
    };
    const seen = [
      ...all.map((each) => each.seen),
      ...fresh.unmeshed.map((detection) => ({ detection, mesh: undefined })),
    ];
    return seen.toSorted((a, b) => b.detection.box.height - a.detection.box.height);
  }

  async #followOn(eyes: FaceEyes, faces: readonly FollowedFace[]) {
    const regions = faces.flatMap((face) => {
      const region = regionOfLandmarks(face.landmarks);
      return this.#isSensible(region) ? [{ face, region }] : [];
    });
    const meshes = await eyes.mesh(regions.map(({ region }) => region));
    return regions.flatMap(({ face }, index) => {
      const mesh = meshes[index];
      return mesh && mesh.presenceRatio >= leastPresence ? [{ face, mesh }] : [];
    });
  }

  /** A first look at the mesh from the detector's box, then a second, tight one. */
  async #find(eyes: FaceEyes, detections: readonly FaceDetection[]) {
    const candidates = detections.toSorted((a, b) => b.box.height - a.box.height);
    const near = candidates.slice(0, mostFollowed);
    const loose = await eyes.mesh(near.map(regionOfDetection));
    const hopeful = near.flatMap((detection, index) => {
      const mesh = loose[index];
      const region = mesh && mesh.presenceRatio >= leastPresence / 2 ? regionOfLandmarks(mesh.landmarks) : undefined;
      return region && this.#isSensible(region) ? [{ detection, region }] : [];
    });
    const tight = await eyes.mesh(hopeful.map(({ region }) => region));
    const found = hopeful.flatMap(({ detection }, index): readonly JudgedFace[] => {
      const mesh = tight[index];
      if (!mesh || mesh.presenceRatio < leastPresence) return [];
      if (overlapRatio(detection.box, boxOfMesh(mesh.landmarks)) < sameFaceRatio / 2) return [];
      const { scoreRatio } = detection;
      return [judged(mesh, { landmarks: mesh.landmarks, scoreRatio, missedLooks: 0 })];
    });
    const unmeshed = candidates.filter(isNew(found.map(({ seen }) => seen.detection.box)));
    return { found, unmeshed };
  }

  /** Meshes that lost their hold shrink to nothing or fly apart. */
  #isSensible({ centre, sizePx }: FaceRegion): boolean {
    const { widthPx, heightPx } = this.#picture.uprightSize;
    const isInside = centre.x > 0 && centre.y > 0 && centre.x < widthPx && centre.y < heightPx;
    return isInside && sizePx > 8 && sizePx < 3 * Math.max(widthPx, heightPx);
  }

  /** Whether the detector, had the face been one to it, would have seen it in this frame. */
  #isLookFor(landmarks: Float32Array, isLooking: boolean, isClose: boolean): boolean {
    return isClose || (isLooking && boxOfMesh(landmarks).height * this.#detectorScale > surelySeenPx);
  }
}

type JudgedFace = { readonly seen: SeenFace; readonly next: FollowedFace };

const withoutPattern = ({ landmarks, scoreRatio, missedLooks }: FollowedFace): FollowedFace => ({
  landmarks,
  scoreRatio,
  missedLooks,
});

/** `before` is the face's pattern in the frame before. */
function judged(mesh: MeshAnswer, next: FollowedFace, before?: HeadPattern): JudgedFace {
  const scoreRatio = next.scoreRatio * mesh.presenceRatio;
  const detection = { box: boxOfMesh(mesh.landmarks), points: pointsOfFace(mesh.landmarks), scoreRatio };
  const pattern = headPattern(mesh.look);
  const step = before && headStep(before, pattern);
  return {
    seen: { detection, mesh, anchorStep: step && anchorStep(before.anchors, step) },
    next: { ...next, pattern },
  };
}

type Judging = {
  readonly face: FollowedFace;
  readonly mesh: MeshAnswer;
  readonly detections: readonly FaceDetection[];
  readonly isLook: boolean;
};

/** A followed face in the new frame; undefined when the detector has not seen it for too long. */
function judgeFace({ face, mesh, detections, isLook }: Judging): JudgedFace | undefined {
  const box = boxOfMesh(mesh.landmarks);
  const support = detections.find((detection) => overlapRatio(detection.box, box) > sameFaceRatio);
  const { landmarks } = mesh;
  if (support) return judged(mesh, { landmarks, scoreRatio: support.scoreRatio, missedLooks: 0 }, face.pattern);
  const missedLooks = face.missedLooks + (isLook ? 1 : 0);
  if (missedLooks > mostMissedLooks) return undefined;
  const scoreRatio = face.scoreRatio * (isLook ? missedRatio : 1);
  return judged(mesh, { landmarks, scoreRatio, missedLooks }, face.pattern);
}

const isNew =
  (known: readonly FaceBox[]) =>
  ({ box }: FaceDetection): boolean =>
    known.every((other) => overlapRatio(other, box) <= sameFaceRatio);

/** Two followers that came to the same face: the one that was surer stays. Largest first. */
function withoutTwins(faces: readonly JudgedFace[]): readonly JudgedFace[] {
  const kept: JudgedFace[] = [];
  for (const face of faces.toSorted((a, b) => b.seen.detection.scoreRatio - a.seen.detection.scoreRatio)) {
    const { box } = face.seen.detection;
    if (kept.every(({ seen }) => overlapRatio(seen.detection.box, box) <= 1.5 * sameFaceRatio)) kept.push(face);
  }
  return kept.toSorted((a, b) => b.seen.detection.box.height - a.seen.detection.box.height);
}

/** The upright rectangle that holds all points of a mesh: from the top of the forehead to the chin. */
export function boxOfMesh(landmarks: Float32Array): FaceBox {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let point = 0; point < pointsOfMesh; point++) {
    const [x, y] = [landmarks[3 * point] ?? 0, landmarks[3 * point + 1] ?? 0];
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** The detector's six points, told by a mesh. */
function pointsOfFace(landmarks: Float32Array): FacePoints {
  const at = (point: number): Point => ({ x: landmarks[3 * point] ?? 0, y: landmarks[3 * point + 1] ?? 0 });
  const between = (a: number, b: number): Point => ({ x: (at(a).x + at(b).x) / 2, y: (at(a).y + at(b).y) / 2 });
  return {
    leftEye: between(33, 133),
    rightEye: between(263, 362),
    noseTip: at(1),
    mouth: between(13, 14),
    leftEar: at(234),
    rightEar: at(454),
  };
}
