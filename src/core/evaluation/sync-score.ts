// Lip-sync scores as the field reports them: distances of picture and sound over shifts, their dip, and where it lies.
// Chung & Zisserman 2016; windows and arithmetic as in the published evaluation, dossier 3.2.
import { assert } from "../../shared/failure/index.ts";

/** One vector for each position, all of one width, row after row. */
export type Embeddings = { readonly count: number; readonly width: number; readonly values: Float32Array };

export type SyncScore = {
  /** Median minus minimum of the mean distances; higher is better; no unit. */
  readonly syncConfidence: number;
  /** Distance at the best shift; lower is better. Known as LSE-D. */
  readonly syncDistance: number;
  /** At 25 fps. Positive: the sound event lies earlier than its picture (audio leads). */
  readonly avOffsetFrames: number;
  /** Mean distance at each shift of the sound, from -maxShift to +maxShift frames. */
  readonly distances: readonly number[];
};

/** Shifts that are tried, either way. */
export const maxShiftFrames = 15;

/** What torch's pairwise_distance adds to every difference. */
const distanceEpsilon = 1e-6;

/**
 * How many positions can be compared: at 25 fps and 16 kHz, five frames of picture and 0.2 s of sound from each on. The
 * published evaluation leaves out the last one that would fit, and so do we.
 */
export const syncPositions = (frameCount: number, sampleCount: number): number =>
  Math.max(Math.min(frameCount, Math.floor(sampleCount / 640)) - 5, 0);

/** Picture i against sound i + shift; beyond the ends the sound is a vector of zeros. */
function distanceAt(picture: Embeddings, sound: Embeddings, { position, shift }: { position: number; shift: number }) {
  const other = position + shift;
  const isInside = other >= 0 && other < sound.count;
  let sum = 0;
  for (let k = 0; k < picture.width; k++) {
    const heard = isInside ? (sound.values[other * sound.width + k] ?? 0) : 0;
    sum += ((picture.values[position * picture.width + k] ?? 0) - heard + distanceEpsilon) ** 2;
  }
  return Math.sqrt(sum);
}

/** Scores of pictures and sounds at the same positions. */
export function syncScore(picture: Embeddings, sound: Embeddings): SyncScore {
  assert(picture.count > 0, "there is something to compare");
  assert(picture.count === sound.count && picture.width === sound.width, "picture and sound come in pairs");
  const shifts = Array.from({ length: 2 * maxShiftFrames + 1 }, (_, index) => index - maxShiftFrames);
  const distances = shifts.map((shift) => {
    let sum = 0;
    for (let position = 0; position < picture.count; position++) sum += distanceAt(picture, sound, { position, shift });
    return sum / picture.count;
  });
  const syncDistance = Math.min(...distances);
  const median = distances.toSorted((a, b) => a - b)[maxShiftFrames] ?? 0;
  return {
    syncConfidence: median - syncDistance,
    syncDistance,
    // The sound that fits lies `shift` frames later, so it leads by minus that. Without the sum, 0 would come as -0.
    avOffsetFrames: maxShiftFrames - distances.indexOf(syncDistance),
    distances,
  };
}

/** Several face tracks of one clip: mean confidence and distance, mean offset towards zero as published. */
export function meanSyncScore(scores: readonly SyncScore[]): Omit<SyncScore, "distances"> {
  assert(scores.length > 0, "there is a face track");
  const mean = (pick: (score: SyncScore) => number) =>
    scores.reduce((sum, score) => sum + pick(score), 0) / scores.length;
  return {
    syncConfidence: mean(({ syncConfidence }) => syncConfidence),
    syncDistance: mean(({ syncDistance }) => syncDistance),
    avOffsetFrames: Math.trunc(mean(({ avOffsetFrames }) => avOffsetFrames)),
  };
}
