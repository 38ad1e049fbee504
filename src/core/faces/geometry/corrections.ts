// What people do to a track by hand, as functions from geometry to geometry, and the paths that come of it.
import { assert, refused } from "../../../shared/failure/index.ts";
import { subtractRanges, uniteRanges } from "../../../shared/time/index.ts";
import type { FrameRange } from "../../../shared/time/index.ts";
import type { FaceBox } from "../../models/index.ts";
import type { FaceAnchors } from "../align-face.ts";
import { anchorCoordinates, anchorsAt, pathOfAnchors } from "../mesh-anchors.ts";
import { carriedPath } from "../motion/carried-path.ts";
import { smoothPath } from "../smooth-path.ts";
import { boxAt, sliceGeometry } from "./track-geometry.ts";
import type { AnchorKey, BoxKey, TrackGeometry } from "./track-geometry.ts";

type Key = { readonly frameInTrack: number; readonly numbers: readonly number[] };

const numbersOfBox = ({ x, y, width, height }: FaceBox): readonly number[] => [x, y, width, height];
const numbersOfAnchors = (anchors: FaceAnchors): readonly number[] => [...pathOfAnchors([anchors])];

/** Between two key frames on the way from one to the next, evenly; outside them the nearest holds. */
function offsetsAt(keys: readonly Key[], frameInTrack: number, count: number): readonly number[] {
  const after = keys.find((key) => key.frameInTrack >= frameInTrack) ?? keys.at(-1);
  const before = keys.findLast((key) => key.frameInTrack <= frameInTrack) ?? keys[0];
  if (!before || !after) return Array.from({ length: count }, () => 0);
  const span = after.frameInTrack - before.frameInTrack;
  const part = span > 0 ? (frameInTrack - before.frameInTrack) / span : 0;
  return before.numbers.map((from, index) => from + part * ((after.numbers[index] ?? from) - from));
}

const keysOfBoxes = ({ corrections }: TrackGeometry): readonly Key[] =>
  corrections.boxKeys.map(({ frameInTrack, offset }) => ({ frameInTrack, numbers: numbersOfBox(offset) }));
const keysOfAnchors = ({ corrections }: TrackGeometry): readonly Key[] =>
  corrections.anchorKeys.map(({ frameInTrack, offset }) => ({ frameInTrack, numbers: numbersOfAnchors(offset) }));

function addOffsets(values: Float64Array, keys: readonly Key[], count: number): Float64Array {
  const moved = Float64Array.from(values);
  if (keys.length === 0) return moved;
  for (let frame = 0; frame * count < moved.length; frame++)
    for (const [index, offset] of offsetsAt(keys, frame, count).entries())
      moved[frame * count + index] = (moved[frame * count + index] ?? 0) + offset;
  return moved;
}

/** [frame, (x, y, width, height)] as measured, moved by hand where someone did; the size never falls below a pixel. */
export function correctedBoxes(geometry: TrackGeometry): Float64Array {
  const boxes = addOffsets(geometry.boxes, keysOfBoxes(geometry), 4);
  for (let at = 2; at < boxes.length; at += 4) {
    boxes[at] = Math.max(1, boxes[at] ?? 0);
    boxes[at + 1] = Math.max(1, boxes[at + 1] ?? 0);
  }
  return boxes;
}

/**
 * The anchors that alignment takes, [frame, six numbers]: measured, smoothed over the whole track without lag, filled where
 * the face was not seen, then moved by hand where someone did. `framesPerSecond` is the picture's.
 */
export function alignmentPath(geometry: TrackGeometry, framesPerSecond: number): Float64Array {
  const trust = Float64Array.from(geometry.seen);
  const measured = { coordinates: anchorCoordinates, values: geometry.anchors };
  const carried = carriedPath(geometry.anchors, geometry.steps);
  const { values } = smoothPath(measured, { trust, framesPerSecond, carried });
  return addOffsets(values, keysOfAnchors(geometry), anchorCoordinates);
}

const withKey = <Kept extends { readonly frameInTrack: number }>(keys: readonly Kept[], key: Kept): readonly Kept[] =>
  [...keys.filter(({ frameInTrack }) => frameInTrack !== key.frameInTrack), key].toSorted(
    (a, b) => a.frameInTrack - b.frameInTrack,
  );

function mustBeInside({ frameCount }: TrackGeometry, frameInTrack: number): void {
  assert(frameInTrack >= 0 && frameInTrack < frameCount, `frame ${frameInTrack} is one of the track's ${frameCount}`);
}

/** Makes `frameInTrack` a key frame at which the box is `box`. */
export function moveBox(geometry: TrackGeometry, frameInTrack: number, box: FaceBox): TrackGeometry {
  mustBeInside(geometry, frameInTrack);
  const from = boxAt(geometry, frameInTrack);
  const offset = {
    x: box.x - from.x,
    y: box.y - from.y,
    width: box.width - from.width,
    height: box.height - from.height,
  };
  const boxKeys = withKey<BoxKey>(geometry.corrections.boxKeys, { frameInTrack, offset });
  return { ...geometry, corrections: { ...geometry.corrections, boxKeys } };
}

type Moved = { readonly anchors: Partial<FaceAnchors>; readonly framesPerSecond: number };

/** Makes `frameInTrack` a key frame at which the anchors given are where they are said to be; others stay as they are. */
export function moveAnchors(geometry: TrackGeometry, frameInTrack: number, moved: Moved): TrackGeometry {
  mustBeInside(geometry, frameInTrack);
  const keys = keysOfAnchors(geometry);
  const offset = offsetsAt(keys, frameInTrack, anchorCoordinates);
  const now = anchorsAt(alignmentPath(geometry, moved.framesPerSecond), frameInTrack);
  const wanted = numbersOfAnchors({ ...now, ...moved.anchors });
  const was = numbersOfAnchors(now);
  const sums = Float64Array.from(offset, (value, index) => value + (wanted[index] ?? 0) - (was[index] ?? 0));
  const key: AnchorKey = { frameInTrack, offset: anchorsAt(sums, 0) };
  const anchorKeys = withKey(geometry.corrections.anchorKeys, key);
  return { ...geometry, corrections: { ...geometry.corrections, anchorKeys } };
}

/** Takes what was moved at a frame back; between the key frames around it the way is even again. */
export function removeKeys(geometry: TrackGeometry, frameInTrack: number): TrackGeometry {
  const stays = (key: { readonly frameInTrack: number }): boolean => key.frameInTrack !== frameInTrack;
  const { boxKeys, anchorKeys, excluded } = geometry.corrections;
  return {
    ...geometry,
    corrections: { boxKeys: boxKeys.filter(stays), anchorKeys: anchorKeys.filter(stays), excluded },
  };
}

/** Takes frames of the track out ("exclude") or back in ("include"). */
export function excludeFrames(geometry: TrackGeometry, range: FrameRange, how: "exclude" | "include"): TrackGeometry {
  const { excluded } = geometry.corrections;
  const changed = how === "exclude" ? uniteRanges([...excluded, range]) : subtractRanges(excluded, [range]);
  return { ...geometry, corrections: { ...geometry.corrections, excluded: [...changed] } };
}

/** A stretch of the track by itself; what was moved by hand stays where it is. */
export function partOfTrack(geometry: TrackGeometry, range: FrameRange): TrackGeometry {
  const { startFrame, durationFrames } = range;
  const endFrame = startFrame + durationFrames;
  const shifted = (keys: readonly Key[], count: number): readonly Key[] => {
    if (keys.length === 0) return [];
    // The ends become key frames, so that the way between cut ones is kept.
    const inside = keys.filter(({ frameInTrack }) => frameInTrack > startFrame && frameInTrack < endFrame - 1);
    const ends = [...new Set([startFrame, endFrame - 1])].map((frameInTrack) => ({
      frameInTrack,
      numbers: offsetsAt(keys, frameInTrack, count),
    }));
    return [...inside, ...ends]
      .map(({ frameInTrack, numbers }) => ({ frameInTrack: frameInTrack - startFrame, numbers }))
      .toSorted((a, b) => a.frameInTrack - b.frameInTrack);
  };
  const outside = [
    { startFrame: 0, durationFrames: startFrame },
    { startFrame: endFrame, durationFrames: geometry.frameCount - endFrame },
  ].filter((each) => each.durationFrames > 0);
  const excluded = subtractRanges(geometry.corrections.excluded, outside);
  return {
    ...sliceGeometry(geometry, range),
    corrections: {
      boxKeys: shifted(keysOfBoxes(geometry), 4).map(boxKeyOf),
      anchorKeys: shifted(keysOfAnchors(geometry), anchorCoordinates).map(anchorKeyOf),
      excluded: excluded.map((each) => ({ ...each, startFrame: each.startFrame - startFrame })),
    },
  };
}

const boxKeyOf = ({ frameInTrack, numbers: [x = 0, y = 0, width = 0, height = 0] }: Key): BoxKey => ({
  frameInTrack,
  offset: { x, y, width, height },
});
const anchorKeyOf = ({ frameInTrack, numbers }: Key): AnchorKey => ({
  frameInTrack,
  offset: anchorsAt(Float64Array.from(numbers), 0),
});

type Placed = { readonly startFrame: number; readonly geometry: TrackGeometry };

/** Two tracks of one face as one. Frames between them are filled in; of frames that both have, the one that was seen counts. */
export function mergeTracks(first: Placed, second: Placed): Placed {
  const [early, late] = first.startFrame <= second.startFrame ? [first, second] : [second, first];
  if (early.geometry.meshPoints.join() !== late.geometry.meshPoints.join())
    throw refused("faces.other-analysis", {
      message: "The two tracks were made by different releases and hold different landmarks.",
      hint: "Track the faces of this reel again, then merge.",
    });
  const endFrame = Math.max(early.startFrame + early.geometry.frameCount, late.startFrame + late.geometry.frameCount);
  const frameCount = endFrame - early.startFrame;
  const sources = Array.from({ length: frameCount }, (_, frame) => sourceOf(early, late, early.startFrame + frame));
  const joined = joinFrames(early.geometry, sources);
  const shiftOf = ({ startFrame }: Placed): number => startFrame - early.startFrame;
  const corrections = [early, late].map((each) => shiftCorrections(each.geometry, shiftOf(each)));
  return {
    startFrame: early.startFrame,
    geometry: {
      ...joined,
      corrections: {
        boxKeys: uniqueKeys(corrections.flatMap(({ boxKeys }) => boxKeys)),
        anchorKeys: uniqueKeys(corrections.flatMap(({ anchorKeys }) => anchorKeys)),
        excluded: [...uniteRanges(corrections.flatMap(({ excluded }) => excluded))],
      },
    },
  };
}

function uniqueKeys<Kept extends { readonly frameInTrack: number }>(keys: readonly Kept[]): readonly Kept[] {
  return keys.reduce<readonly Kept[]>((kept, key) => withKey(kept, key), []);
}

function shiftCorrections({ corrections }: TrackGeometry, byFrames: number): TrackGeometry["corrections"] {
  const moved = <Kept extends { readonly frameInTrack: number }>(key: Kept): Kept => ({
    ...key,
    frameInTrack: key.frameInTrack + byFrames,
  });
  return {
    boxKeys: corrections.boxKeys.map(moved),
    anchorKeys: corrections.anchorKeys.map(moved),
    excluded: corrections.excluded.map((range) => ({ ...range, startFrame: range.startFrame + byFrames })),
  };
}

/** A frame of either track; undefined in the gap between them. */
type FrameSource = { readonly geometry: TrackGeometry; readonly frameInTrack: number } | undefined;

function sourceOf(early: Placed, late: Placed, frameIndex: number): FrameSource {
  const candidates = [early, late].flatMap(({ startFrame, geometry }) => {
    const frameInTrack = frameIndex - startFrame;
    return frameInTrack >= 0 && frameInTrack < geometry.frameCount ? [{ geometry, frameInTrack }] : [];
  });
  return candidates.find(({ geometry, frameInTrack }) => geometry.seen[frameInTrack] === 1) ?? candidates[0];
}

function joinFrames(like: TrackGeometry, sources: readonly FrameSource[]): TrackGeometry {
  const frameCount = sources.length;
  const numbers = <Values extends Float64Array | Float32Array>(
    pick: (geometry: TrackGeometry) => Values,
    make: (length: number) => Values,
  ): Values => {
    const width = pick(like).length / like.frameCount;
    const joined = make(width * frameCount);
    for (const [frame, source] of sources.entries())
      if (source) {
        const from = source.frameInTrack * width;
        joined.set(pick(source.geometry).subarray(from, from + width), frame * width);
      }
    fillGaps(joined, sources, width);
    return joined;
  };
  const doubles = (pick: (geometry: TrackGeometry) => Float64Array): Float64Array =>
    numbers(pick, (length) => new Float64Array(length));
  const floats = (pick: (geometry: TrackGeometry) => Float32Array): Float32Array =>
    numbers(pick, (length) => new Float32Array(length));
  return {
    ...like,
    frameCount,
    seen: Uint8Array.from(sources, (source) => (source ? (source.geometry.seen[source.frameInTrack] ?? 0) : 0)),
    boxes: doubles(({ boxes }) => boxes),
    anchors: doubles(({ anchors }) => anchors),
    steps: knownSteps(
      floats(({ steps }) => steps),
      sources,
    ),
    mesh: floats(({ mesh }) => mesh),
    pose: floats(({ pose }) => pose),
    presenceRatio: floats(({ presenceRatio }) => presenceRatio),
    sharpnessRatio: floats(({ sharpnessRatio }) => sharpnessRatio),
    hiddenRatio: floats(({ hiddenRatio }) => hiddenRatio),
  };
}

/** A step leads from the frame before; where that is another track's or nobody's, nobody knows it. */
function knownSteps(steps: Float32Array, sources: readonly FrameSource[]): Float32Array {
  for (const [frame, source] of sources.entries()) {
    const before = sources[frame - 1];
    const goesOn = source && before && source.geometry === before.geometry;
    if (!goesOn) steps.fill(NaN, frame * anchorCoordinates, (frame + 1) * anchorCoordinates);
  }
  return steps;
}

/** The frames of the gap, on the way from the one before it to the one after it. */
function fillGaps(values: Float64Array | Float32Array, sources: readonly FrameSource[], width: number): void {
  const before = sources.findIndex((source) => source === undefined) - 1;
  const after = sources.findLastIndex((source) => source === undefined) + 1;
  if (before < 0) return;
  for (let frame = before + 1; frame < after; frame++)
    for (let index = 0; index < width; index++) {
      const [from, to] = [values[before * width + index] ?? 0, values[after * width + index] ?? 0];
      values[frame * width + index] = from + ((frame - before) / (after - before)) * (to - from);
    }
}
