// One track per face per shot: detections of each frame joined by where a face was, where it was going, how large it is and
// what it looks like.
import { overlapRatio } from "../models/index.ts";
import type { FaceBox, FaceDetection } from "../models/index.ts";
import { likenessOf } from "./people/appearance.ts";

/** A detection with what the face looks like (`appearanceOf`), where it was measured. */
export type SeenFace = FaceDetection & { readonly appearance?: Float32Array };

/** One face over consecutive frames of one shot. */
export type FaceTrack = {
  readonly startFrame: number;
  /** One per frame; where nothing was detected, on the way between the detections around. */
  readonly boxes: readonly FaceBox[];
  /** What the detector saw, frame by frame; undefined where it saw nothing. */
  readonly detections: readonly (SeenFace | undefined)[];
};

export type TrackingLimits = {
  /** A face missed for longer is another track when it comes back. */
  readonly mostGapFrames: number;
  /** Fewer detections are no face; in a shot of fewer frames, one in each is. */
  readonly leastDetections: number;
  /** A track whose frames were detected less often than this is no face. */
  readonly leastDetectedRatio: number;
  /** A track whose mean score is lower is no face. */
  readonly leastMeanScoreRatio: number;
};

export const usualTrackingLimits: TrackingLimits = {
  mostGapFrames: 12,
  leastDetections: 5,
  leastDetectedRatio: 0.4,
  leastMeanScoreRatio: 0.55,
};

/** How much of a newly measured speed is believed at once. */
const newSpeedShare = 0.4;
/** While a face is missed its speed is believed less with every frame. */
const coastingRatio = 0.85;
/** A box this many times its size away, or this many times larger, is another face. */
const farthestSizes = 0.8;
const mostGrowth = 1.8;

/** How much the look of a face counts beside its place: enough to tell two apart that lie on each other. */
const lookWeight = 1.5;
/** Nobody looks so different from before when found again after frames in which he was missed. */
const leastLikenessAfterGap = 0.05;
/** How much of a new look is taken over: faces turn and light changes. */
const newLookShare = 0.15;

type Speed = { readonly x: number; readonly y: number };

type OpenTrack = {
  readonly startFrame: number;
  readonly detections: (SeenFace | undefined)[];
  /** Mean of late; undefined until one was measured. */
  look: Float32Array | undefined;
  lastSeen: FaceBox;
  /** Where it is expected in the frame at hand. */
  expected: FaceBox;
  speed: Speed;
  missedFrames: number;
};

/**
 * The tracks of one shot, in the order in which they begin. `frames` are its frames in order, from `startFrame`, with all
 * detections of each in pixels of the frame. Nothing carries over from shot to shot: call it for each.
 */
export function trackFaces(
  frames: readonly (readonly SeenFace[])[],
  startFrame: number,
  limits: TrackingLimits = usualTrackingLimits,
): readonly FaceTrack[] {
  let open: OpenTrack[] = [];
  const ended: OpenTrack[] = [];
  for (const [index, detections] of frames.entries()) {
    const pairs = matchUp(open, detections);
    for (const track of open) follow(track, pairs.get(track));
    const taken = new Set(pairs.values());
    const fresh = detections.filter((detection) => !taken.has(detection));
    ended.push(...open.filter(({ missedFrames }) => missedFrames > limits.mostGapFrames));
    open = open.filter(({ missedFrames }) => missedFrames <= limits.mostGapFrames);
    open.push(...fresh.map((detection) => begin(detection, startFrame + index)));
  }
  return [...ended, ...open]
    .map(closed)
    .filter((track) => isFace(track, { ...limits, leastDetections: Math.min(limits.leastDetections, frames.length) }))
    .toSorted((a, b) => a.startFrame - b.startFrame || (a.boxes[0]?.x ?? 0) - (b.boxes[0]?.x ?? 0));
}

const begin = (detection: SeenFace, startFrame: number): OpenTrack => ({
  startFrame,
  detections: [detection],
  look: detection.appearance,
  lastSeen: detection.box,
  expected: detection.box,
  speed: { x: 0, y: 0 },
  missedFrames: 0,
});

const sizeOf = ({ width, height }: FaceBox): number => Math.sqrt(width * height);
const centreOf = ({ x, y, width, height }: FaceBox): Speed => ({ x: x + width / 2, y: y + height / 2 });

/** How well a detection goes on with a track, higher is better; undefined when it cannot be the same face. */
function fitOf({ expected, look, missedFrames }: OpenTrack, { box: found, appearance }: SeenFace): number | undefined {
  const [from, to] = [centreOf(expected), centreOf(found)];
  const [size, foundSize] = [sizeOf(expected), sizeOf(found)];
  const distanceRatio = Math.hypot(to.x - from.x, to.y - from.y) / Math.min(size, foundSize);
  const growth = Math.abs(Math.log(foundSize / size));
  if (!(distanceRatio < farthestSizes && growth < Math.log(mostGrowth))) return undefined;
  const place = overlapRatio(expected, found) - distanceRatio - growth;
  if (!look || !appearance) return place;
  const alike = likenessOf(look, appearance);
  if (missedFrames > 0 && alike < leastLikenessAfterGap) return undefined;
  return place + lookWeight * (alike - 0.5);
}

/** Best pairs first; every track and every detection in one pair at most. */
function matchUp(tracks: readonly OpenTrack[], detections: readonly SeenFace[]): ReadonlyMap<OpenTrack, SeenFace> {
  const candidates = tracks.flatMap((track) =>
    detections.flatMap((detection) => {
      const value = fitOf(track, detection);
      return value === undefined ? [] : [{ track, detection, value }];
    }),
  );
  const pairs = new Map<OpenTrack, SeenFace>();
  const taken = new Set<SeenFace>();
  for (const { track, detection } of candidates.toSorted((a, b) => b.value - a.value)) {
    if (pairs.has(track) || taken.has(detection)) continue;
    pairs.set(track, detection);
    taken.add(detection);
  }
  return pairs;
}

/** Takes the frame at hand into a track and says where the face should be in the next. */
function follow(track: OpenTrack, detection: SeenFace | undefined): void {
  track.detections.push(detection);
  const moved = (box: FaceBox): FaceBox => ({ ...box, x: box.x + track.speed.x, y: box.y + track.speed.y });
  if (!detection) {
    track.missedFrames += 1;
    track.speed = { x: track.speed.x * coastingRatio, y: track.speed.y * coastingRatio };
    track.expected = moved(track.expected);
    return;
  }
  const [from, to] = [centreOf(track.lastSeen), centreOf(detection.box)];
  const steps = track.missedFrames + 1;
  const mix = (old: number, measured: number): number => old + newSpeedShare * (measured - old);
  track.speed = { x: mix(track.speed.x, (to.x - from.x) / steps), y: mix(track.speed.y, (to.y - from.y) / steps) };
  track.lastSeen = detection.box;
  track.look = blended(track.look, detection.appearance);
  track.missedFrames = 0;
  track.expected = moved(detection.box);
}

function blended(look: Float32Array | undefined, fresh: Float32Array | undefined): Float32Array | undefined {
  if (!look || !fresh) return look ?? fresh;
  return look.map((value, place) => value + newLookShare * ((fresh[place] ?? value) - value));
}

/** Ends a track with its last detection and fills its gaps. */
function closed({ startFrame, detections }: OpenTrack): FaceTrack {
  const seen = detections.slice(0, detections.findLastIndex((detection) => detection !== undefined) + 1);
  let before = 0;
  const boxes = seen.map((detection, index) => {
    if (detection) {
      before = index;
      return detection.box;
    }
    let after = index + 1;
    while (seen[after] === undefined && after < seen.length) after += 1;
    return boxBetween(seen[before]?.box, seen[after]?.box, (index - before) / (after - before));
  });
  return { startFrame, boxes, detections: seen };
}

const nowhere: FaceBox = { x: 0, y: 0, width: 0, height: 0 };

function boxBetween(from: FaceBox = nowhere, to: FaceBox = from, part: number): FaceBox {
  const mix = (a: number, b: number): number => a + part * (b - a);
  return {
    x: mix(from.x, to.x),
    y: mix(from.y, to.y),
    width: mix(from.width, to.width),
    height: mix(from.height, to.height),
  };
}

function isFace({ detections }: FaceTrack, limits: TrackingLimits): boolean {
  const scores = detections.flatMap((detection) => (detection ? [detection.scoreRatio] : []));
  const meanScore = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  return (
    scores.length >= limits.leastDetections &&
    scores.length >= limits.leastDetectedRatio * detections.length &&
    meanScore >= limits.leastMeanScoreRatio
  );
}
