// The file of one face track: positions in fixed point, section after section. docs/face-tracks.md describes it for readers.
import { failed } from "../../../shared/failure/index.ts";
import type { Corrections, Rotation, TrackGeometry } from "./track-geometry.ts";
import { boxAt, perFrame } from "./track-geometry.ts";

const magic = 0x54_46_57_44; // "DWFT", little endian
const formatVersion = 1;
const headerBytes = 32;
const sectionHeaderBytes = 8;

/** Boxes and anchors are whole multiples of this many pixels: an error of 1.3e-4 px at most, and room for 524,288 px. */
const positionUnitPx = 1 / 4096;
/** Landmarks count from the middle of the box, in units of its larger side: 0.03 px at most on a face of 500 px. */
const meshUnitRatio = 1 / 8192;
/** Steps of the head: 0.002 px at most, up to 128 px; longer ones are as good as unknown. */
const stepUnitPx = 1 / 256;
const unknownStep = -0x8000;
const poseUnitRadians = 1e-4;
const ratioUnit = 1 / 65_534;
const unknownRatio = 65_535;

/** No reel is longer than a day at 120 frames a second; no frame is wider than this. */
const mostFrames = 24 * 3600 * 120;
const mostSidePx = 65_535;
const mostLandmarks = 478;

const tags = ["seen", "boxs", "anch", "step", "mpts", "mesh", "pose", "rati", "kbox", "kanc", "excl", "look"] as const;
type Tag = (typeof tags)[number];

const keyBytes = (numbers: number): number => 8 + 8 * numbers;

/** Sections lie at multiples of eight bytes, so that they can be read as typed arrays. */
const padded = (byteCount: number): number => Math.ceil(byteCount / 8) * 8;

export function encodeTrackGeometry(geometry: TrackGeometry): Uint8Array {
  const sections = sectionsOf(geometry);
  const total = sections.reduce(
    (sum, [, { byteLength }]) => sum + sectionHeaderBytes + padded(byteLength),
    headerBytes,
  );
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, magic, true);
  view.setUint16(4, formatVersion, true);
  view.setUint16(6, sections.length, true);
  view.setUint32(8, geometry.frameCount, true);
  view.setUint32(12, geometry.frameSize.widthPx, true);
  view.setUint32(16, geometry.frameSize.heightPx, true);
  view.setUint16(20, geometry.rotationDegrees, true);
  let at = headerBytes;
  for (const [tag, content] of sections) {
    bytes.set(new TextEncoder().encode(tag), at);
    view.setUint32(at + 4, content.byteLength, true);
    at += sectionHeaderBytes;
    bytes.set(new Uint8Array(content.buffer, content.byteOffset, content.byteLength), at);
    at += padded(content.byteLength);
  }
  return bytes;
}

type Numbers = Uint8Array | Uint16Array | Int16Array | Int32Array | Float32Array;

function sectionsOf(geometry: TrackGeometry): readonly (readonly [Tag, Numbers])[] {
  const { frameCount, meshPoints, corrections } = geometry;
  const ratios = new Uint16Array(3 * frameCount);
  for (let frame = 0; frame < frameCount; frame++)
    ratios.set(
      [geometry.presenceRatio, geometry.sharpnessRatio, geometry.hiddenRatio].map((values) =>
        ratioCode(values[frame] ?? NaN),
      ),
      3 * frame,
    );
  return [
    ["seen", geometry.seen],
    ["boxs", Int32Array.from(geometry.boxes, positionCode)],
    ["anch", Int32Array.from(geometry.anchors, positionCode)],
    ["step", Int16Array.from(geometry.steps, stepCode)],
    ["mpts", Uint16Array.from(meshPoints)],
    ["mesh", meshCodes(geometry)],
    ["pose", Int16Array.from(geometry.pose, (angle) => clamped(Math.round(angle / poseUnitRadians), 0x7fff))],
    ["rati", ratios],
    ["kbox", keysCode(corrections.boxKeys.map((key) => [key.frameInTrack, ...boxNumbers(key.offset)]))],
    ["kanc", keysCode(corrections.anchorKeys.map((key) => [key.frameInTrack, ...anchorNumbers(key.offset)]))],
    ...(geometry.appearance ? [["look", geometry.appearance] as const] : []),
    [
      "excl",
      new Uint8Array(
        Uint32Array.from(corrections.excluded.flatMap((range) => [range.startFrame, range.durationFrames])).buffer,
      ),
    ],
  ];
}

const clamped = (value: number, most: number): number => Math.min(most, Math.max(-most, value));
const positionCode = (px: number): number => clamped(Math.round(px / positionUnitPx), 0x7fffffff);
function stepCode(px: number): number {
  const code = Math.round(px / stepUnitPx);
  return Number.isNaN(code) || Math.abs(code) > 0x7fff ? unknownStep : code;
}
const ratioCode = (ratio: number): number =>
  Number.isNaN(ratio) ? unknownRatio : Math.round(Math.min(1, Math.max(0, ratio)) / ratioUnit);

type Box = Parameters<typeof boxNumbers>[0];
const boxNumbers = ({ x, y, width, height }: ReturnType<typeof boxAt>): readonly number[] => [x, y, width, height];
const anchorNumbers = ({ leftBrow, rightBrow, nose }: Corrections["anchorKeys"][number]["offset"]): readonly number[] =>
  [leftBrow, rightBrow, nose].flatMap(({ x, y }) => [x, y]);

/** The box as the file has it, so that writing and reading agree on what landmarks count from. */
const storedBox = (box: Box): Box => {
  const stored = (px: number): number => positionCode(px) * positionUnitPx;
  return { x: stored(box.x), y: stored(box.y), width: stored(box.width), height: stored(box.height) };
};

type MeshFrame = { readonly centreX: number; readonly centreY: number; readonly unitPx: number };

function meshFrameOf({ x, y, width, height }: Box): MeshFrame {
  const unitPx = Math.max(1, width, height) * meshUnitRatio;
  return { centreX: x + width / 2, centreY: y + height / 2, unitPx };
}

function meshCodes(geometry: TrackGeometry): Int16Array {
  const { frameCount, mesh, meshPoints } = geometry;
  const codes = new Int16Array(mesh.length);
  const width = 2 * meshPoints.length;
  for (let frame = 0; frame < frameCount; frame++) {
    const { centreX, centreY, unitPx } = meshFrameOf(storedBox(boxAt(geometry, frame)));
    for (let at = frame * width; at < (frame + 1) * width; at += 2) {
      codes[at] = clamped(Math.round(((mesh[at] ?? 0) - centreX) / unitPx), 0x7fff);
      codes[at + 1] = clamped(Math.round(((mesh[at + 1] ?? 0) - centreY) / unitPx), 0x7fff);
    }
  }
  return codes;
}

/** A frame's number in a word, a word of nothing, then doubles. */
function keysCode(keys: readonly (readonly number[])[]): Uint8Array {
  const numbers = (keys[0]?.length ?? 1) - 1;
  const bytes = new Uint8Array(keys.length * keyBytes(numbers));
  const view = new DataView(bytes.buffer);
  for (const [index, [frameInTrack = 0, ...values]] of keys.entries()) {
    const at = index * keyBytes(numbers);
    view.setUint32(at, frameInTrack, true);
    for (const [place, value] of values.entries()) view.setFloat64(at + 8 + 8 * place, value, true);
  }
  return bytes;
}

/** Reads a track's file and believes nothing in it. Fails with "faces.damaged-geometry", which says what is wrong. */
export function decodeTrackGeometry(bytes: Uint8Array): TrackGeometry {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < headerBytes || view.getUint32(0, true) !== magic) throw damaged("it does not begin as one");
  const version = view.getUint16(4, true);
  if (version !== formatVersion) throw damaged(`it is of version ${version}, and ${formatVersion} is known`);
  const frameCount = view.getUint32(8, true);
  const [widthPx, heightPx] = [view.getUint32(12, true), view.getUint32(16, true)];
  if (frameCount < 1 || frameCount > mostFrames) throw damaged(`it tells of ${frameCount} frames`);
  if (Math.min(widthPx, heightPx) < 1 || Math.max(widthPx, heightPx) > mostSidePx)
    throw damaged(`its frames are ${widthPx} x ${heightPx}`);
  const sections = readSections(bytes, view);
  const take = (tag: Tag, expectedBytes?: number): Uint8Array => {
    const content = sections.get(tag);
    if (!content) throw damaged(`its part "${tag}" is missing`);
    if (expectedBytes !== undefined && content.length !== expectedBytes)
      throw damaged(`its part "${tag}" has ${content.length} bytes, not ${expectedBytes}`);
    return content;
  };
  const meshPoints = readMeshPoints(words(take("mpts"), Uint16Array));
  const seen = take("seen", frameCount);
  if (seen.some((flag) => flag > 1)) throw damaged("it says of a frame neither seen nor unseen");
  const boxes = positions(take("boxs", 4 * perFrame.boxes * frameCount));
  const ratios = words(take("rati", 6 * frameCount), Uint16Array);
  const ratio = (which: 0 | 1 | 2): Float32Array =>
    Float32Array.from({ length: frameCount }, (_, frame) => ratioOf(ratios[3 * frame + which] ?? unknownRatio));
  const meshNumbers = words(take("mesh", 4 * meshPoints.length * frameCount), Int16Array);
  return {
    frameCount,
    frameSize: { widthPx, heightPx },
    rotationDegrees: rotationOf(view.getUint16(20, true)),
    seen,
    boxes,
    anchors: positions(take("anch", 4 * perFrame.anchors * frameCount)),
    steps: Float32Array.from(words(take("step", 2 * perFrame.anchors * frameCount), Int16Array), stepOf),
    meshPoints,
    mesh: meshPositions(meshNumbers, { boxes, width: 2 * meshPoints.length }),
    pose: Float32Array.from(
      words(take("pose", 2 * perFrame.pose * frameCount), Int16Array),
      (a) => a * poseUnitRadians,
    ),
    presenceRatio: ratio(0),
    sharpnessRatio: ratio(1),
    hiddenRatio: ratio(2),
    corrections: readCorrections({ take, frameCount }),
    appearance: readAppearance(sections.get("look")),
  };
}

function readSections(bytes: Uint8Array, view: DataView): ReadonlyMap<string, Uint8Array> {
  const sections = new Map<string, Uint8Array>();
  let at = headerBytes;
  for (let left = view.getUint16(6, true); left > 0; left--) {
    if (at + sectionHeaderBytes > bytes.length) throw damaged("it ends before its last part");
    const tag = String.fromCharCode(...bytes.subarray(at, at + 4));
    const byteLength = view.getUint32(at + 4, true);
    at += sectionHeaderBytes;
    if (at + padded(byteLength) > bytes.length) throw damaged(`it ends within its part "${tag}"`);
    if (sections.has(tag)) throw damaged(`its part "${tag}" is there twice`);
    // A copy begins at an address that typed arrays of any kind can read. A Buffer's own slice would be none.
    sections.set(tag, Uint8Array.prototype.slice.call(bytes, at, at + byteLength));
    at += padded(byteLength);
  }
  if (at !== bytes.length) throw damaged("something follows its last part");
  return sections;
}

/** The machines we run on, x64 and arm64, keep numbers as the file does: the low byte first. */
function words<Array extends Uint16Array | Int16Array | Int32Array | Uint32Array | Float32Array>(
  content: Uint8Array,
  kind: { new (buffer: ArrayBufferLike): Array; readonly BYTES_PER_ELEMENT: number },
): Array {
  if (content.length % kind.BYTES_PER_ELEMENT !== 0) throw damaged("a part does not hold whole numbers");
  return new kind(content.buffer);
}

const positions = (content: Uint8Array): Float64Array =>
  Float64Array.from(words(content, Int32Array), (code) => code * positionUnitPx);

const stepOf = (code: number): number => (code === unknownStep ? NaN : code * stepUnitPx);
const ratioOf = (code: number): number => (code === unknownRatio ? NaN : code * ratioUnit);

function readMeshPoints(points: Uint16Array): readonly number[] {
  const isRising = points.every((point, index) => point < mostLandmarks && point > (points[index - 1] ?? -1));
  if (!isRising) throw damaged("its list of landmarks is none");
  return [...points];
}

function meshPositions(
  codes: Int16Array,
  { boxes, width }: { readonly boxes: Float64Array; readonly width: number },
): Float32Array {
  const mesh = new Float32Array(codes.length);
  for (let at = 0; at < codes.length; at += 2) {
    const { centreX, centreY, unitPx } = meshFrameOf(boxAt({ boxes }, Math.floor(at / width)));
    mesh[at] = centreX + (codes[at] ?? 0) * unitPx;
    mesh[at + 1] = centreY + (codes[at + 1] ?? 0) * unitPx;
  }
  return mesh;
}

const mostAppearanceNumbers = 65_536;

function readAppearance(content: Uint8Array | undefined): Float32Array | undefined {
  if (!content) return undefined;
  const numbers = words(content, Float32Array);
  if (numbers.length > mostAppearanceNumbers || !numbers.every(Number.isFinite)) throw damaged("its look is none");
  return numbers;
}

const rotations: readonly Rotation[] = [0, 90, 180, 270];

function rotationOf(degrees: number): Rotation {
  const known = rotations.find((rotation) => rotation === degrees);
  if (known === undefined) throw damaged(`its frames are turned by ${degrees} degrees`);
  return known;
}

type Taking = { readonly take: (tag: Tag) => Uint8Array; readonly frameCount: number };

function readCorrections({ take, frameCount }: Taking): Corrections {
  const boxKeys = readKeys(take("kbox"), { numbers: perFrame.boxes, frameCount }).map(
    ([frameInTrack = 0, x = 0, y = 0, width = 0, height = 0]) => ({ frameInTrack, offset: { x, y, width, height } }),
  );
  const anchorKeys = readKeys(take("kanc"), { numbers: perFrame.anchors, frameCount }).map(
    ([frameInTrack = 0, lx = 0, ly = 0, rx = 0, ry = 0, nx = 0, ny = 0]) => ({
      frameInTrack,
      offset: { leftBrow: { x: lx, y: ly }, rightBrow: { x: rx, y: ry }, nose: { x: nx, y: ny } },
    }),
  );
  return { boxKeys, anchorKeys, excluded: readExcluded(words(take("excl"), Uint32Array), frameCount) };
}

function readKeys(
  content: Uint8Array,
  { numbers, frameCount }: { readonly numbers: number; readonly frameCount: number },
): readonly (readonly number[])[] {
  const size = keyBytes(numbers);
  if (content.length % size !== 0) throw damaged("its key frames are torn");
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  let before = -1;
  return Array.from({ length: content.length / size }, (_, index) => {
    const frameInTrack = view.getUint32(index * size, true);
    if (frameInTrack >= frameCount || frameInTrack <= before) throw damaged("its key frames are out of order");
    before = frameInTrack;
    const values = Array.from({ length: numbers }, (_value, place) =>
      view.getFloat64(index * size + 8 + 8 * place, true),
    );
    if (!values.every((value) => Math.abs(value) <= mostSidePx))
      throw damaged("a key frame lies outside every picture");
    return [frameInTrack, ...values];
  });
}

function readExcluded(numbers: Uint32Array, frameCount: number): Corrections["excluded"] {
  if (numbers.length % 2 !== 0) throw damaged("its excluded ranges are torn");
  let freeFrom = 0;
  return Array.from({ length: numbers.length / 2 }, (_, index) => {
    const [startFrame = 0, durationFrames = 0] = numbers.subarray(2 * index, 2 * index + 2);
    const endFrame = startFrame + durationFrames;
    if (startFrame < freeFrom || durationFrames < 1 || endFrame > frameCount)
      throw damaged("its excluded ranges are out of order");
    freeFrom = endFrame;
    return { startFrame, durationFrames };
  });
}

const damaged = (what: string) =>
  failed("faces.damaged-geometry", {
    message: `The file of a face track is damaged: ${what}.`,
    hint: "Restore a backup of the project's folder, or track the faces of this reel again.",
    details: { what },
  });
