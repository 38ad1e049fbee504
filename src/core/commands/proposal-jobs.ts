// The proposal of segments as a worker does it: hears every dialogue track, reads every face track, decides.
import { basename } from "node:path";
import {
  endFrameOf,
  framesCoveringSamples,
  framesPerSecondOf,
  intersectRanges,
  rangeBetween,
  shiftRange,
  uniteRanges,
} from "../../shared/time/index.ts";
import type { FrameRange } from "../../shared/time/index.ts";
import type { Reel } from "../../shared/project/index.ts";
import { judgeTrack, readTrackFile, verdictRuns } from "../faces/index.ts";
import type { JobContext, JobFunctions, JsonValue } from "../jobs/index.ts";
import { hearTrack, mouthOpenings, movingFrames, proposeSegments } from "../lipsync/index.ts";
import type { SpokenTrack, VisibleFace } from "../lipsync/index.ts";
import { mediaSource } from "../media/index.ts";
import type { Ffmpeg } from "../media/index.ts";
import type { FfmpegFinder } from "./ffmpeg-finder.ts";
import { filePathOf } from "./media-paths.ts";
import { proposalOrderSchema, proposalsKey, proposalsSchema } from "./proposal-orders.ts";
import type { ProposalOrder, Proposals } from "./proposal-orders.ts";
import type { WorkerPlaces } from "./worker-places.ts";

export function proposalJobs(places: WorkerPlaces, ffmpeg: FfmpegFinder): JobFunctions {
  return {
    "segments.propose": async (input, context) => {
      const known = context.pieces.get(proposalsKey);
      const order = proposalOrderSchema.parse(input);
      const proposals = known
        ? proposalsSchema.parse(known.facts)
        : await propose(order, { places, tools: await ffmpeg(), context });
      if (!known) await context.commitPiece({ key: proposalsKey, fileNames: [], facts: plainJson(proposals) });
      const { reels, speechFrames, warnings } = proposals;
      const found = reels.reduce((sum, reel) => sum + reel.proposals.length, 0);
      return { found, speechFrames, warnings: warnings.map((warning) => ({ ...warning })) };
    },
  };
}

type Surroundings = { readonly places: WorkerPlaces; readonly tools: Ffmpeg; readonly context: JobContext };

async function propose(order: ProposalOrder, surroundings: Surroundings): Promise<Proposals> {
  const { context } = surroundings;
  const total = order.reels.reduce((sum, { tracks, faces }) => sum + tracks.length + faces.length, 0);
  let done = 0;
  const step = () => context.progress((done += 1), total, "tracks");
  const reels: Proposals["reels"] = [];
  const warnings: Proposals["warnings"] = [];
  let speechFrames = 0;
  for (const { reel, shots, faces, tracks } of order.reels) {
    const perSecond = framesPerSecondOf(reel.frameRate);
    const frames = (durationMs: number) => Math.round((durationMs * perSecond) / 1000);
    context.stage("listening to the dialogue");
    const spoken: SpokenTrack[] = [];
    for (const placed of tracks) {
      spoken.push(await hear(placed, { reel, warnings, ...surroundings }));
      step();
    }
    context.stage("looking at the faces");
    const seen: VisibleFace[] = [];
    for (const face of faces) {
      context.signal.throwIfAborted();
      seen.push(await look(face, { order, reachFrames: frames(200), ...surroundings }));
      step();
    }
    const leastFrames = Math.max(1, frames(order.leastMs));
    const rules = {
      basis: order.basis,
      mergeGapFrames: frames(order.pauseMs),
      paddingFrames: frames(order.paddingMs),
      leastFrames,
    };
    const proposals = proposeSegments({ faces: seen, tracks: spoken, shots }, rules);
    reels.push({ reelId: reel.id, leastFrames, proposals: proposals.map((each) => ({ ...each })) });
    speechFrames += uniteRanges(spoken.flatMap(({ speech }) => speech)).reduce(
      (sum, each) => sum + each.durationFrames,
      0,
    );
  }
  return { versionId: order.versionId, reels, speechFrames, warnings };
}

type Placed = ProposalOrder["reels"][number]["tracks"][number];
type Hearing = Surroundings & { readonly reel: Reel; readonly warnings: Proposals["warnings"] };

async function hear(
  { track, media }: Placed,
  { reel, warnings, places, tools, context }: Hearing,
): Promise<SpokenTrack> {
  const source = mediaSource(tools, filePathOf(places.projectFolder, media.path), media.facts);
  const { speech, sampleRateHz, peak, clippedRuns } = await hearTrack(
    { source, streamIndex: track.streamIndex },
    context.signal,
  );
  const name = basename(media.path);
  if (speech.length === 0)
    warnings.push({
      code: peak === 0 ? "silent-dialogue" : "no-speech",
      message: peak === 0 ? `${name} is digital silence.` : `No speech was heard in ${name}.`,
    });
  if (clippedRuns > 0)
    warnings.push({
      code: "clipped-dialogue",
      message: `${name} is cut off at full scale in ${clippedRuns} places. It is used as it is.`,
    });
  const by = { rate: reel.frameRate, sampleRateHz } as const;
  const onReel = speech.map(({ startSample, durationSamples }) =>
    framesCoveringSamples({ startSample: startSample + track.offsetSamples, durationSamples }, by),
  );
  return { characterId: track.characterId, speech: intersectRanges(onReel, [rangeBetween(0, reel.durationFrames)]) };
}

type Looking = Surroundings & { readonly order: ProposalOrder; readonly reachFrames: number };
type Face = ProposalOrder["reels"][number]["faces"][number];

async function look(face: Face, { order, places, reachFrames }: Looking): Promise<VisibleFace> {
  const geometry = await readTrackFile(places.tracksFolder, face.geometrySha256);
  const onReel = (ranges: readonly FrameRange[]) => ranges.map((range) => shiftRange(range, face.startFrame));
  const eligible = verdictRuns(judgeTrack(geometry, order.limits))
    .filter(({ reason }) => reason === undefined)
    .map((run) => rangeBetween(run.startFrame, endFrameOf(run)));
  return {
    characterId: face.characterId,
    medianFaceSizePx: face.medianFaceSizePx,
    eligible: onReel(eligible),
    moving: onReel(movingFrames(mouthOpenings(geometry), reachFrames)),
  };
}

/** Proposals are JSON by their schema; this says so to the compiler. */
const plainJson = (value: Proposals): JsonValue => JSON.parse(JSON.stringify(value)) as JsonValue;
