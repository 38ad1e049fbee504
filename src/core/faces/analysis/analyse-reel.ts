// Shots and face tracks of a reel: what the cache holds of it, one pass over the rest, then tracks shot by shot.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { assert } from "../../../shared/failure/index.ts";
import { endFrameOf } from "../../../shared/time/index.ts";
import type { FrameRange } from "../../../shared/time/index.ts";
import { makeFolderDurably, writeFileDurably } from "../../base/index.ts";
import type { Progress } from "../../base/index.ts";
import type { MediaSource } from "../../media/index.ts";
import type { Cut } from "../find-cuts.ts";
import { shotsBetween } from "../shots.ts";
import { analysisPicture } from "./analysis-picture.ts";
import { pictureDecoding } from "./decoded-picture.ts";
import { analyseStretches, stretchesOf } from "./analyse-stretches.ts";
import { tracksOfShot } from "./assemble-tracks.ts";
import type { AnalysedTrack, FramesOfTracks } from "./assemble-tracks.ts";
import type { FaceNetworks } from "./face-networks.ts";
import { decodeStretch, encodeStretch } from "./observations.ts";
import type { Stretch } from "./observations.ts";

export type ReelAnalysis = {
  readonly source: MediaSource;
  readonly streamIndex: number;
  /** Of this media and this stream alone; made when it is missing. What lies there is used again, and kept. */
  readonly cacheFolder: string;
  /** Opened only when something is left to look at. */
  readonly openNetworks: () => Promise<FaceNetworks>;
  /** Cuts that are decided already, by a person or an edit list; undefined: those that are found. */
  readonly cutFrames: readonly number[] | undefined;
  readonly signal: AbortSignal;
  /** In frames. */
  readonly onProgress: Progress;
  readonly onStage: (phrase: string) => void;
};

export type AnalysedShot = {
  readonly range: FrameRange;
  /** How it begins; undefined at the reel's beginning and where cuts were given. */
  readonly opensWith: Cut["kind"] | undefined;
  readonly tracks: readonly AnalysedTrack[];
};

export type ReelResult = {
  /** Frames that the file does not hold any more and that show their neighbour. */
  readonly concealedFrames: number;
};

/**
 * Hands each shot with its tracks to `take`, in order. Memory holds one shot's numbers. What was seen is kept in the cache,
 * stretch by stretch: stopped, it goes on from there, and asked again it answers without decoding.
 */
export async function analyseReel(
  order: ReelAnalysis,
  take: (shot: AnalysedShot) => Promise<void>,
): Promise<ReelResult> {
  const video = order.source.facts.video.find(({ streamIndex }) => streamIndex === order.streamIndex);
  assert(video, "a reel's picture is one of its media's streams");
  const { frameCount } = video;
  const stretches = stretchesOf(frameCount);
  await makeFolderDurably(order.cacheFolder);
  const cuts = await seeEverything(order, stretches);
  order.onStage("joining faces to tracks");
  const picture = analysisPicture(video);
  const { codedSize: frameSize, rotationDegrees } = video;
  const frames: FramesOfTracks = { frameSize, rotationDegrees, uprightToFrame: picture.uprightToFrame };
  const cutFrames = order.cutFrames ?? cuts.found.map(({ frameIndex }) => frameIndex);
  const kinds = new Map(order.cutFrames ? [] : cuts.found.map(({ frameIndex, kind }) => [frameIndex, kind]));
  const reader = stretchReader(order.cacheFolder, stretches);
  for (const range of shotsBetween(cutFrames, { startFrame: 0, durationFrames: frameCount })) {
    order.signal.throwIfAborted();
    const tracks = tracksOfShot(range, await reader(range), frames);
    await take({ range, opensWith: kinds.get(range.startFrame), tracks });
    order.onProgress(endFrameOf(range), frameCount, "frames");
  }
  return { concealedFrames: cuts.concealedFrames };
}

const stretchPath = (folder: string, { startFrame }: FrameRange): string =>
  join(folder, `${String(startFrame).padStart(8, "0")}.seen`);

type Known = { readonly found: readonly Cut[]; readonly concealedFrames: number };

/** Looks at what the cache lacks, and answers the cuts of all. */
async function seeEverything(order: ReelAnalysis, stretches: readonly FrameRange[]): Promise<Known> {
  const found: Cut[] = [];
  let concealedFrames = 0;
  let stateBefore: Stretch["stateAfter"] | undefined;
  const learn = (stretch: Stretch): void => {
    found.push(...stretch.cuts);
    concealedFrames += stretch.concealedFrames;
    stateBefore = stretch.stateAfter;
  };
  let next = 0;
  for (; next < stretches.length; next++) {
    const range = stretches[next];
    const stretch = range && (await readStretch(order.cacheFolder, range));
    if (!stretch) break;
    learn(stretch);
  }
  // What lies behind a gap was made with another state before it, if by anything: it is looked at again.
  if (next < stretches.length) {
    order.onStage("looking for cuts and faces");
    const doneFrames = stretches[next]?.startFrame ?? 0;
    const totalFrames = order.source.facts.video[0]?.frameCount ?? 0;
    await using networks = await order.openNetworks();
    const video = order.source.facts.video.find(({ streamIndex }) => streamIndex === order.streamIndex);
    assert(video, "a reel's picture is one of its media's streams");
    const picture = analysisPicture(video);
    const pass = analyseStretches({
      source: order.source,
      streamIndex: order.streamIndex,
      picture,
      decoding: pictureDecoding(video, picture.decodedSize),
      networks,
      durationFrames: video.frameCount,
      stretches: stretches.slice(next),
      stateBefore,
      signal: order.signal,
      onProgress: (done) => order.onProgress(doneFrames + done, totalFrames, "frames"),
    });
    for await (const stretch of pass) {
      await writeFileDurably(stretchPath(order.cacheFolder, stretch.range), encodeStretch(stretch));
      learn(stretch);
    }
  }
  return { found, concealedFrames };
}

async function readStretch(folder: string, range: FrameRange): Promise<Stretch | undefined> {
  try {
    return decodeStretch(await readFile(stretchPath(folder, range)), range);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Reads the stretches that a shot lies in; shots come in order, so that one that two shots share is read once. */
function stretchReader(folder: string, stretches: readonly FrameRange[]) {
  let held: readonly Stretch[] = [];
  return async (shot: FrameRange): Promise<readonly Stretch[]> => {
    const wanted = stretches.filter(
      (range) => range.startFrame < endFrameOf(shot) && endFrameOf(range) > shot.startFrame,
    );
    const next: Stretch[] = [];
    for (const range of wanted) {
      const stretch =
        held.find((each) => each.range.startFrame === range.startFrame) ?? (await readStretch(folder, range));
      assert(stretch, "what was just seen lies in the cache");
      next.push(stretch);
    }
    held = next;
    return held;
  };
}
