// The overlay as a worker writes it: which faces each frame has, from the tracks' files, and how they are called.
import { formatTimecode } from "../../shared/time/index.ts";
import type { Character, FaceTrack } from "../../shared/project/index.ts";
import { alignmentPath, anchorsAt, correctedBoxes, judgeTrack, readTrackFile, writeOverlay } from "../faces/index.ts";
import type { DrawnFace, DrawnFrame, Ineligible, TrackGeometry } from "../faces/index.ts";
import type { JobContext, JsonValue } from "../jobs/index.ts";
import { mediaSource } from "../media/index.ts";
import { overlayOrderSchema } from "./face-orders.ts";
import type { OverlayOrder } from "./face-orders.ts";
import type { FfmpegFinder } from "./ffmpeg-finder.ts";
import { filePathOf } from "./media-paths.ts";
import type { WorkerPlaces } from "./worker-places.ts";

type Surroundings = { readonly places: WorkerPlaces; readonly ffmpeg: FfmpegFinder; readonly context: JobContext };

/** The first frames of a shot that are marked as such. */
const cutMarkFrames = 4;

export async function writeFaceOverlay(
  input: JsonValue,
  { places, ffmpeg, context }: Surroundings,
): Promise<JsonValue> {
  const order = overlayOrderSchema.parse(input);
  const { media, streamIndex, outPath, container, startFrame, durationFrames } = order;
  context.stage("drawing faces");
  const facesAt = faceReader(order, places.tracksFolder);
  const { frameCount } = await writeOverlay({
    source: mediaSource(await ffmpeg(), filePathOf(places.projectFolder, media.path), media.facts),
    streamIndex,
    range: { startFrame, durationFrames },
    path: outPath,
    container,
    frameAt: async (frameIndex) => headed(order, frameIndex, await facesAt(frameIndex)),
    signal: context.signal,
    onProgress: context.progress,
  });
  return { path: outPath, frames: frameCount };
}

function headed({ shots, base }: OverlayOrder, frameIndex: number, faces: readonly DrawnFace[]): DrawnFrame {
  const shotIndex = shots.findLastIndex((shot) => shot.startFrame <= frameIndex);
  const shot = shots[shotIndex];
  const place = shot ? `  SHOT ${shotIndex + 1}/${shots.length}` : "";
  return {
    faces,
    heading: `${formatTimecode(frameIndex, base)}  #${frameIndex}${place}`,
    isAfterCut: shot !== undefined && shot.startFrame > 0 && frameIndex - shot.startFrame < cutMarkFrames,
  };
}

type OpenTrack = {
  readonly track: FaceTrack;
  readonly geometry: TrackGeometry;
  readonly boxes: Float64Array;
  readonly anchors: Float64Array;
  readonly verdicts: readonly (Ineligible | undefined)[];
};

/** Frames come in order, so a track is opened at its first frame and forgotten after its last. */
function faceReader(order: OverlayOrder, tracksFolder: string) {
  const { tracks, characters, limits, base } = order;
  const open = new Map<string, OpenTrack>();
  const openTrack = async (track: FaceTrack): Promise<OpenTrack> => {
    const geometry = await readTrackFile(tracksFolder, track.geometrySha256);
    const opened = {
      track,
      geometry,
      boxes: correctedBoxes(geometry),
      anchors: alignmentPath(geometry, base.rate.num / base.rate.den),
      verdicts: judgeTrack(geometry, limits),
    };
    open.set(track.id, opened);
    return opened;
  };
  return async (frameIndex: number): Promise<readonly DrawnFace[]> => {
    const isThere = ({ startFrame, durationFrames }: FaceTrack): boolean =>
      frameIndex >= startFrame && frameIndex < startFrame + durationFrames;
    for (const [id, { track }] of open) if (!isThere(track)) open.delete(id);
    const faces: DrawnFace[] = [];
    for (const track of tracks.filter(isThere)) {
      const opened = open.get(track.id) ?? (await openTrack(track));
      faces.push(drawnFace(opened, frameIndex - track.startFrame, characters));
    }
    return faces;
  };
}

function drawnFace(
  { track, geometry, boxes, anchors, verdicts }: OpenTrack,
  frameInTrack: number,
  characters: readonly Character[],
): DrawnFace {
  const [x = 0, y = 0, width = 0, height = 0] = boxes.subarray(4 * frameInTrack, 4 * frameInTrack + 4);
  const character = characters.find(({ id }) => id === track.characterId);
  const points = 2 * geometry.meshPoints.length;
  const numbers = geometry.mesh.subarray(frameInTrack * points, (frameInTrack + 1) * points);
  return {
    box: { x, y, width, height },
    mesh: Array.from({ length: geometry.meshPoints.length }, (_, index) => ({
      x: numbers[2 * index] ?? 0,
      y: numbers[2 * index + 1] ?? 0,
    })),
    anchors: anchorsAt(anchors, frameInTrack),
    isSeen: geometry.seen[frameInTrack] === 1,
    verdict: verdicts[frameInTrack],
    name: `${character ? `${character.name} ` : ""}${track.id.slice(-4)}`,
    ink: character && inkOfHue(character.hueDegrees),
  };
}

/** A light, clear ink of a hue: HSL with a saturation of 0.8 and a lightness of 0.7. */
function inkOfHue(hueDegrees: number): readonly [number, number, number] {
  const part = (shift: number): number => {
    const place = (shift + hueDegrees / 30) % 12;
    return Math.round(255 * (0.7 - 0.24 * Math.max(-1, Math.min(place - 3, 9 - place, 1))));
  };
  return [part(0), part(8), part(4)];
}
