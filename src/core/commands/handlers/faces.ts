// Handlers of face tracks: find them, say whose they are, correct them by hand.
import { refused } from "../../../shared/failure/index.ts";
import type { Handlers, InputOf } from "../../../shared/contract/index.ts";
import { assignTracks, mustGet, removeTracks, replaceTracks, timecodeBaseOf } from "../../../shared/project/index.ts";
import type { FaceTrack, RecordId, Reel } from "../../../shared/project/index.ts";
import {
  endFrameOf,
  framesPerSecondOf,
  intersect,
  parsePlace,
  parseRange,
  shiftRange,
} from "../../../shared/time/index.ts";
import {
  alignmentPath,
  anchorsAt,
  correctedBoxes,
  excludeFrames,
  mergeTracks,
  moveAnchors,
  moveBox,
  removeKeys,
} from "../../faces/index.ts";
import type { FaceAnchors, TrackGeometry } from "../../faces/index.ts";
import { recordFor, splitTrack } from "../split-tracks.ts";
import { trackFilesOf } from "../track-files.ts";
import { analysisOrder } from "./analysis-order.ts";
import { enqueue } from "./enqueue.ts";
import type { HandlerTools } from "./handler-tools.ts";

type Names =
  | "faces.track"
  | "faces.assign"
  | "faces.split"
  | "faces.merge"
  | "faces.fix"
  | "faces.exclude"
  | "faces.include"
  | "faces.remove";

export function faceHandlers(handlerTools: HandlerTools): Pick<Handlers, Names> {
  const { current, edit, random } = handlerTools;
  const trackAndReel = (trackId: RecordId<"face-track">): readonly [FaceTrack, Reel] => {
    const { view } = current.get().project;
    const track = mustGet(view, "face-track", trackId);
    return [track, mustGet(view, "reel", track.reelId)];
  };
  /** Writes the changed geometry and points the record at it. */
  const rewrite = async (name: string, track: FaceTrack, change: (geometry: TrackGeometry) => TrackGeometry) => {
    const { project } = current.get();
    const geometry = change(await trackFilesOf(project).read(track));
    const changed = await recordFor(project, track, { startFrame: track.startFrame, geometry });
    return edit(name, (view) => replaceTracks(view, [track], [changed]));
  };
  const exclude =
    (name: "faces.exclude" | "faces.include", how: "exclude" | "include") =>
    async ({ trackId, range }: InputOf<typeof name>) => {
      const [track, reel] = trackAndReel(trackId);
      const asked = parseRange(range, timecodeBaseOf(reel));
      const inside = intersect(asked, track);
      if (!inside) throw outsideTrack(track, asked.startFrame);
      return await rewrite(name, track, (geometry) =>
        excludeFrames(geometry, shiftRange(inside, -track.startFrame), how),
      );
    };
  return {
    "faces.track": async ({ reelId, replace }) => {
      const { project, scheduler } = current.get();
      const { order, labels } = analysisOrder(project, { reelId, replace, what: "faces" });
      // A second one would do the same work again.
      const waiting = scheduler
        .list({ states: ["queued", "running", "paused"], labels: { reelId: order.reelId } })
        .find(({ kind }) => kind === "faces.track");
      if (waiting && !replace) return { jobId: waiting.jobId };
      return enqueue(handlerTools, { kind: "faces.track", resourceClass: "cpu", labels }, order);
    },
    "faces.assign": async ({ trackIds, characterId }) =>
      edit("faces.assign", (view) => assignTracks(view, trackIds, characterId)),
    "faces.split": async ({ trackId, at }) => {
      const { project } = current.get();
      const [track, reel] = trackAndReel(trackId);
      const splitFrame = parsePlace(at, timecodeBaseOf(reel));
      if (splitFrame <= track.startFrame || splitFrame >= endFrameOf(track)) throw outsideTrack(track, splitFrame);
      const parts = await splitTrack(track, [splitFrame], { project, random });
      const { revision } = edit("faces.split", (view) => replaceTracks(view, [track], parts));
      return { revision, trackIds: parts.map(({ id }) => id) };
    },
    "faces.merge": async ({ trackIds }) => {
      const { project } = current.get();
      const tracks = [...new Set(trackIds)].map((trackId) => trackAndReel(trackId)[0]);
      const merged = await mergeAll(tracks, trackFilesOf(project).read);
      const [kept] = tracks.toSorted((a, b) => a.startFrame - b.startFrame);
      if (!kept || !merged) throw tooFew();
      const characterId = tracks.find((track) => track.characterId !== null)?.characterId ?? null;
      const record = await recordFor(project, { ...kept, characterId }, merged);
      const { revision } = edit("faces.merge", (view) => replaceTracks(view, tracks, [record]));
      return { revision, trackId: record.id };
    },
    "faces.fix": async (fix) => {
      const [track, reel] = trackAndReel(fix.trackId);
      const frameIndex = parsePlace(fix.at, timecodeBaseOf(reel));
      const frameInTrack = frameIndex - track.startFrame;
      if (frameInTrack < 0 || frameInTrack >= track.durationFrames) throw outsideTrack(track, frameIndex);
      const framesPerSecond = framesPerSecondOf(reel.frameRate);
      return await rewrite("faces.fix", track, (geometry) => fixed(geometry, fix, { frameInTrack, framesPerSecond }));
    },
    "faces.exclude": exclude("faces.exclude", "exclude"),
    "faces.include": exclude("faces.include", "include"),
    "faces.remove": async ({ trackIds }) => edit("faces.remove", (view) => removeTracks(view, trackIds)),
  };
}

async function mergeAll(tracks: readonly FaceTrack[], read: (track: FaceTrack) => Promise<TrackGeometry>) {
  const [first, ...others] = tracks;
  if (!first || others.length === 0) throw tooFew();
  const foreign = others.find(({ reelId }) => reelId !== first.reelId);
  if (foreign)
    throw refused("faces.other-reel", {
      message: "Tracks of different reels cannot be one.",
      hint: "Assign them to the same character.",
      details: { trackIds: [first.id, foreign.id] },
    });
  let merged = { startFrame: first.startFrame, geometry: await read(first) };
  for (const track of others)
    merged = mergeTracks(merged, { startFrame: track.startFrame, geometry: await read(track) });
  return merged;
}

type FixedPlace = { readonly frameInTrack: number; readonly framesPerSecond: number };

function fixed(geometry: TrackGeometry, fix: InputOf<"faces.fix">, place: FixedPlace): TrackGeometry {
  const { frameInTrack, framesPerSecond } = place;
  const start = fix.clear ? removeKeys(geometry, frameInTrack) : geometry;
  const [left = 0, top = 0, wide = 0, high = 0] = correctedBoxes(start).subarray(
    4 * frameInTrack,
    4 * frameInTrack + 4,
  );
  const { x, y, width, height } = fix;
  const isBoxMoved = [x, y, width, height].some((value) => value !== undefined);
  const box = { x: x ?? left, y: y ?? top, width: width ?? wide, height: height ?? high };
  if (!(box.width >= 1 && box.height >= 1))
    throw refused("faces.bad-box", {
      message: `A face's box is a pixel or more wide and high; found ${box.width} x ${box.height}.`,
      details: { ...box },
    });
  const boxed = isBoxMoved ? moveBox(start, frameInTrack, box) : start;
  const now = anchorsAt(alignmentPath(boxed, framesPerSecond), frameInTrack);
  const anchors: FaceAnchors = {
    leftBrow: { x: fix.leftBrowX ?? now.leftBrow.x, y: fix.leftBrowY ?? now.leftBrow.y },
    rightBrow: { x: fix.rightBrowX ?? now.rightBrow.x, y: fix.rightBrowY ?? now.rightBrow.y },
    nose: { x: fix.noseX ?? now.nose.x, y: fix.noseY ?? now.nose.y },
  };
  const isAnchorMoved = [fix.leftBrowX, fix.leftBrowY, fix.rightBrowX, fix.rightBrowY, fix.noseX, fix.noseY].some(
    (value) => value !== undefined,
  );
  if (!isBoxMoved && !isAnchorMoved && !fix.clear)
    throw refused("faces.nothing-to-fix", {
      message: "Nothing was said to be moved.",
      hint: "Say where the box or an anchor is to be, or --clear.",
    });
  return isAnchorMoved ? moveAnchors(boxed, frameInTrack, { anchors, framesPerSecond }) : boxed;
}

const outsideTrack = (track: FaceTrack, frameIndex: number) =>
  refused("faces.outside-track", {
    message: `The track runs from frame ${track.startFrame} to before frame ${endFrameOf(track)}; found frame ${frameIndex}.`,
    details: { trackId: track.id, frameIndex },
  });

const tooFew = () =>
  refused("faces.too-few", { message: "Two tracks or more become one.", hint: "Name at least two." });
