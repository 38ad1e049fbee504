// What the analysis saw in a stretch of frames, and its file in the cache: faces as numbers, cuts, and how to go on.
//
//   0  "DWSEEN04"                        8 bytes
//   8  length of the page of words       uint32, little endian; zeros up to 16
//  16  page of words, JSON, as `pageSchema`, zeros up to a multiple of 4
//      faces: numbersPerFace float32 each, frame after frame
//      followed faces: 3 x landmarks float32 each
//      SHA-256 of all before             32 bytes
import { createHash } from "node:crypto";
import { z } from "zod";
import { assert } from "../../../shared/failure/index.ts";
import type { FrameRange } from "../../../shared/time/index.ts";
import { facePoints } from "../../models/index.ts";
import type { FaceDetection, FacePoints } from "../../models/index.ts";
import { poseOfMesh } from "../face-pose.ts";
import type { Cut } from "../find-cuts.ts";
import { anchorsOfMesh, pathOfAnchors } from "../mesh-anchors.ts";
import { storedMeshPoints } from "../geometry/track-geometry.ts";
import { mouthLookLength, mouthLookOf } from "../occlusion/mouth-look.ts";
import { appearanceLength, appearanceOf, portraitOf } from "../people/appearance.ts";
import type { FollowerState, SeenFace } from "./follow-faces.ts";
import { packedLength, packLook, unpackLook } from "./pack-looks.ts";

/** Raise it when what is seen changes: files of other versions are made again. */
const magic = "DWSEEN04";
const headBytes = 16;
const hashBytes = 32;

/** Where each number of a face begins. */
export const at = {
  box: 0,
  points: 4,
  score: 16,
  presence: 17,
  sharpness: 18,
  hidden: 19,
  pose: 20,
  anchors: 23,
  step: 29,
  mesh: 35,
} as const;
const appearanceAt = at.mesh + 2 * storedMeshPoints.length;
const appearancePacking = { length: appearanceLength, least: -2, unit: 4 / 255, levels: 2 ** 8, perFloat: 3 };
const mouthLookAt = appearanceAt + packedLength(appearancePacking);
const mouthLookPacking = { length: mouthLookLength, least: -1, unit: 5 / 4095, levels: 2 ** 12, perFloat: 2 };
export const numbersPerFace = mouthLookAt + packedLength(mouthLookPacking);

export type Stretch = {
  readonly range: FrameRange;
  /** How many faces each frame has. */
  readonly facesPerFrame: readonly number[];
  /** All faces, frame after frame, `numbersPerFace` each; places are those of the upright picture. */
  readonly faces: Float32Array;
  readonly cuts: readonly Cut[];
  /** Frames that the file does not hold any more and that show their neighbour. */
  readonly concealedFrames: number;
  readonly stateAfter: FollowerState;
};

/** Writes a face as numbers from `place` on. `presence` is below 0 where there is no mesh; ratios not measured are NaN. */
export function writeFace(face: SeenFace, numbers: Float32Array, place: number): void {
  const { detection, mesh, anchorStep } = face;
  const { box, points, scoreRatio } = detection;
  numbers.set([box.x, box.y, box.width, box.height], place + at.box);
  numbers.set(
    facePoints.flatMap((name) => [points[name].x, points[name].y]),
    place + at.points,
  );
  numbers[place + at.score] = scoreRatio;
  numbers[place + at.presence] = mesh ? mesh.presenceRatio : -1;
  numbers[place + at.sharpness] = mesh ? mesh.sharpnessRatio : NaN;
  numbers[place + at.hidden] = NaN;
  numbers.fill(NaN, place + at.step, place + at.mesh);
  if (anchorStep) numbers.set(anchorStep, place + at.step);
  const appearance = mesh && appearanceOf(portraitOf(mesh.look));
  packLook(appearance, appearancePacking, { numbers, place: place + appearanceAt });
  packLook(mesh && mouthLookOf(mesh.look), mouthLookPacking, { numbers, place: place + mouthLookAt });
  if (!mesh) {
    numbers.set(guessedPose(points), place + at.pose);
    numbers.set(guessedAnchors(points), place + at.anchors);
    for (let index = 0; index < storedMeshPoints.length; index++)
      numbers.set([box.x + box.width / 2, box.y + box.height / 2], place + at.mesh + 2 * index);
    return;
  }
  const { yawRadians, pitchRadians, rollRadians } = poseOfMesh(mesh.landmarks);
  numbers.set([yawRadians, pitchRadians, rollRadians], place + at.pose);
  numbers.set(pathOfAnchors([anchorsOfMesh(mesh.landmarks)]), place + at.anchors);
  for (const [index, landmark] of storedMeshPoints.entries())
    numbers.set(mesh.landmarks.subarray(3 * landmark, 3 * landmark + 2), place + at.mesh + 2 * index);
}

/** Brows stand above the eyes by about this share of the eyes' distance. */
const browOverEyes = 0.35;

function guessedAnchors({ leftEye, rightEye, noseTip }: FacePoints): readonly number[] {
  const [acrossX, acrossY] = [rightEye.x - leftEye.x, rightEye.y - leftEye.y];
  const [upX, upY] = [acrossY * browOverEyes, -acrossX * browOverEyes];
  return [leftEye.x + upX, leftEye.y + upY, rightEye.x + upX, rightEye.y + upY, noseTip.x, noseTip.y];
}

/** The nose's tip stands this much farther from the line between the ears than half that line is long. */
const noseOverEars = 1.4;

/** Yaw and roll from the detector's points: enough to tell why a face has no mesh. */
function guessedPose({ leftEye, rightEye, leftEar, rightEar, noseTip }: FacePoints): readonly number[] {
  const halfWidth = Math.max(0, (rightEar.x - leftEar.x) / 2);
  const yaw = Math.atan2((noseTip.x - (leftEar.x + rightEar.x) / 2) / noseOverEars, halfWidth);
  return [yaw, 0, Math.atan2(rightEye.y - leftEye.y, rightEye.x - leftEye.x)];
}

/** The detections of each frame, in order; each knows where its numbers begin. */
export function detectionsOf({ facesPerFrame, faces }: Stretch): readonly (readonly PlacedDetection[])[] {
  let place = 0;
  return facesPerFrame.map((count) =>
    Array.from({ length: count }, () => {
      const detection = readDetection(faces, place);
      place += numbersPerFace;
      return detection;
    }),
  );
}

export type PlacedDetection = FaceDetection & { readonly numbers: Float32Array; readonly appearance?: Float32Array };

/** What the lower face of a detection looked like; undefined where there was no mesh. */
export const mouthLookIn = (numbers: Float32Array): Float32Array | undefined =>
  unpackLook(numbers, mouthLookAt, mouthLookPacking);

function readDetection(faces: Float32Array, place: number): PlacedDetection {
  const numbers = faces.subarray(place, place + numbersPerFace);
  const [x = 0, y = 0, width = 0, height = 0] = numbers;
  const pointAt = (index: number) => ({
    x: numbers[at.points + 2 * index] ?? 0,
    y: numbers[at.points + 2 * index + 1] ?? 0,
  });
  const points = {
    leftEye: pointAt(0),
    rightEye: pointAt(1),
    noseTip: pointAt(2),
    mouth: pointAt(3),
    leftEar: pointAt(4),
    rightEar: pointAt(5),
  };
  const appearance = unpackLook(numbers, appearanceAt, appearancePacking);
  const found = { box: { x, y, width, height }, points, scoreRatio: numbers[at.score] ?? 0, numbers };
  return appearance ? { ...found, appearance } : found;
}

const count = z.int().nonnegative();
const pageSchema = z.strictObject({
  startFrame: count,
  facesPerFrame: z.array(count),
  numbersPerFace: count,
  cuts: z.array(z.strictObject({ frameIndex: count, kind: z.enum(["cut", "dissolve"]), change: z.number() })),
  concealedFrames: count,
  lookUntilFrame: count,
  followed: z.array(z.strictObject({ scoreRatio: z.number(), missedLooks: count, numbers: count })),
});

const padded = (byteCount: number): number => Math.ceil(byteCount / 4) * 4;
const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

export function encodeStretch(stretch: Stretch): Uint8Array {
  const { range, facesPerFrame, faces, cuts, concealedFrames, stateAfter } = stretch;
  assert(facesPerFrame.length === range.durationFrames, "every frame of a stretch tells its faces");
  const page: z.infer<typeof pageSchema> = {
    startFrame: range.startFrame,
    facesPerFrame: [...facesPerFrame],
    numbersPerFace,
    cuts: cuts.map((cut) => ({ ...cut })),
    concealedFrames,
    lookUntilFrame: stateAfter.lookUntilFrame,
    followed: stateAfter.faces.map(({ scoreRatio, missedLooks, landmarks }) => ({
      scoreRatio,
      missedLooks,
      numbers: landmarks.length,
    })),
  };
  const words = new TextEncoder().encode(JSON.stringify(page));
  const parts = [faces, ...stateAfter.faces.map(({ landmarks }) => landmarks)].map(bytesOf);
  const length = headBytes + padded(words.length) + parts.reduce((sum, part) => sum + part.length, 0);
  const bytes = new Uint8Array(length + hashBytes);
  bytes.set(new TextEncoder().encode(magic));
  new DataView(bytes.buffer).setUint32(8, words.length, true);
  bytes.set(words, headBytes);
  let place = headBytes + padded(words.length);
  for (const part of parts) {
    bytes.set(part, place);
    place += part.length;
  }
  bytes.set(hashOf(bytes.subarray(0, length)), length);
  return bytes;
}

const hashOf = (bytes: Uint8Array): Uint8Array => createHash("sha256").update(bytes).digest();

/** Undefined for a file that is torn, of another version or of another stretch: it is then made again. */
export function decodeStretch(bytes: Uint8Array, range: FrameRange): Stretch | undefined {
  const length = bytes.length - hashBytes;
  if (length < headBytes || new TextDecoder().decode(bytes.subarray(0, 8)) !== magic) return undefined;
  if (!hashOf(bytes.subarray(0, length)).every((byte, index) => byte === bytes[length + index])) return undefined;
  const wordBytes = new DataView(bytes.buffer, bytes.byteOffset).getUint32(8, true);
  if (headBytes + wordBytes > length) return undefined;
  const page = readPage(bytes.subarray(headBytes, headBytes + wordBytes));
  if (page?.numbersPerFace !== numbersPerFace || page.startFrame !== range.startFrame) return undefined;
  if (page.facesPerFrame.length !== range.durationFrames) return undefined;
  const faceCount = page.facesPerFrame.reduce((sum, each) => sum + each, 0);
  const counts = [faceCount * numbersPerFace, ...page.followed.map(({ numbers }) => numbers)];
  const place = headBytes + padded(wordBytes);
  if (place + 4 * counts.reduce((sum, each) => sum + each, 0) !== length) return undefined;
  const [faces = new Float32Array(0), ...landmarks] = floatsFrom(
    Uint8Array.prototype.slice.call(bytes, place, length),
    counts,
  );
  return {
    range,
    facesPerFrame: page.facesPerFrame,
    faces,
    cuts: page.cuts,
    concealedFrames: page.concealedFrames,
    stateAfter: {
      lookUntilFrame: page.lookUntilFrame,
      faces: page.followed.map(({ scoreRatio, missedLooks }, index) => ({
        scoreRatio,
        missedLooks,
        landmarks: landmarks[index] ?? new Float32Array(0),
      })),
    },
  };
}

function readPage(words: Uint8Array): z.infer<typeof pageSchema> | undefined {
  try {
    return pageSchema.safeParse(JSON.parse(new TextDecoder().decode(words))).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Runs of floats one after another; the bytes are a copy of their own and begin where floats may. */
function floatsFrom(bytes: Uint8Array, counts: readonly number[]): readonly Float32Array[] {
  let place = 0;
  return counts.map((each) => {
    const floats = new Float32Array(bytes.buffer, bytes.byteOffset + place, each);
    place += 4 * each;
    return floats;
  });
}
