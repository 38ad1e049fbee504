// Handlers of the sound under a version: lay in, slip, remove.
import { basename } from "node:path";
import { refused } from "../../../shared/failure/index.ts";
import type { AnswerOf, Handlers, InputOf } from "../../../shared/contract/index.ts";
import {
  addAudioTrack,
  changeAudioTrack,
  createId,
  mustGet,
  removeAudioTrack,
  soundWarnings,
  timecodeBaseOf,
} from "../../../shared/project/index.ts";
import type {
  AudioStreamFacts,
  AudioTrack,
  AudioTrackChange,
  Media,
  ProjectView,
  Reel,
} from "../../../shared/project/index.ts";
import { formatTimecode, frameToSample, parsePlace, sampleToFrame } from "../../../shared/time/index.ts";
import { contentIdentity, probeMedia } from "../../media/index.ts";
import { isoTime } from "../job-summaries.ts";
import { recordPathOf } from "../media-paths.ts";
import { enqueue } from "./enqueue.ts";
import type { HandlerTools } from "./handler-tools.ts";
import { mustBeFile } from "./must-be-file.ts";
import { reelNamed } from "./reel-named.ts";

type Names = "dialogue.add" | "dialogue.list" | "dialogue.offset" | "dialogue.change" | "dialogue.remove";

export function dialogueHandlers(handlerTools: HandlerTools): Pick<Handlers, Names> {
  const { current, edit, random } = handlerTools;
  return {
    "dialogue.add": async (input, { signal }) => await addDialogue(handlerTools, input, signal),
    "dialogue.list": async (filter) => {
      const { view } = current.get().project;
      const given = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
      return { tracks: view.list("audio-track", given).map((track) => describeTrack(view, track)) };
    },
    "dialogue.offset": async ({ trackId, ...place }) => {
      const { view } = current.get().project;
      const track = mustGet(view, "audio-track", trackId);
      const under = placeOf(view, track);
      const offsetSamples = offsetOf(place, under, track.offsetSamples);
      const { revision } = edit("dialogue.offset", (present) => changeAudioTrack(present, trackId, { offsetSamples }));
      return { revision, offsetSamples, warnings: [...soundWarnings({ ...under, offsetSamples })] };
    },
    "dialogue.change": async ({ trackId, ...asked }) => {
      const change: AudioTrackChange = Object.fromEntries(
        Object.entries(asked).filter(([, value]) => value !== undefined),
      );
      return edit("dialogue.change", (view) => changeAudioTrack(view, trackId, change));
    },
    "dialogue.remove": async ({ trackId }) => edit("dialogue.remove", (view) => removeAudioTrack(view, trackId)),
  };

  async function addDialogue(
    { ffmpeg, clock }: HandlerTools,
    input: InputOf<"dialogue.add">,
    signal: AbortSignal,
  ): Promise<AnswerOf<"dialogue.add">> {
    const { versionId, path, reelId, streamIndex, stem, characterId, gainDb, ...place } = input;
    mustGet(current.get().project.view, "version", versionId);
    await mustBeFile(path);
    const facts = await probeMedia(await ffmpeg(), path, { signal });
    const identity = await contentIdentity(path, facts);
    // Asked for only now: another project may have been opened while the disk was slow.
    const { project } = current.get();
    const known = project.view.list("media").find((media) => media.identity.mediaHash === identity.mediaHash);
    const media: Media = known ?? {
      type: "media",
      id: createId("media", random.bytes),
      path: recordPathOf(project.paths.folder, path),
      identity,
      facts,
      importedAt: isoTime(clock.nowMs()),
    };
    const reel = reelNamed(project.view, reelId);
    const stream = streamOf(media, streamIndex);
    const offsetSamples = offsetOf(place, { reel, stream });
    const track: AudioTrack = {
      type: "audio-track",
      id: createId("audio-track", random.bytes),
      versionId,
      reelId: reel.id,
      mediaId: media.id,
      streamIndex: stream.streamIndex,
      stem,
      characterId,
      offsetSamples,
      gainDb,
    };
    const { revision } = edit("dialogue.add", (view) => addAudioTrack(view, track, known ? undefined : media));
    if (!known) {
      const labels = { title: basename(media.path), mediaId: media.id };
      enqueue(handlerTools, { kind: "media.prepare", resourceClass: "media", labels }, { media });
    }
    const warnings = [...soundWarnings({ reel, stream, offsetSamples })];
    return { revision, trackId: track.id, mediaId: media.id, warnings };
  }
}

/** The stream asked for, or the first one that sounds. */
function streamOf({ facts, path }: Media, streamIndex: number | undefined): AudioStreamFacts {
  const stream = facts.audio.find((each) => streamIndex === undefined || each.streamIndex === streamIndex);
  if (stream) return stream;
  throw refused("media.no-such-stream", {
    message: streamIndex === undefined ? `${path} has no sound.` : `${path} has no audio stream ${streamIndex}.`,
    hint: `Its audio streams are ${facts.audio.map((each) => each.streamIndex).join(", ") || "none"}.`,
    details: { path, streamIndex: streamIndex ?? null },
  });
}

type Under = { readonly reel: Reel; readonly stream: AudioStreamFacts };

const placeOf = (view: ProjectView, { reelId, mediaId, streamIndex }: AudioTrack): Under => ({
  reel: mustGet(view, "reel", reelId),
  stream: streamOf(mustGet(view, "media", mediaId), streamIndex),
});

type Place = {
  readonly offsetSamples?: number | undefined;
  readonly at?: string | undefined;
  readonly slipFrames?: number | undefined;
  readonly slipSamples?: number | undefined;
};

/** One way of saying a place, as an offset in samples of the stream. */
function offsetOf(place: Place, { reel, stream }: Under, presentSamples = 0): number {
  const { offsetSamples, at, slipFrames, slipSamples } = place;
  const given = [offsetSamples, at, slipFrames, slipSamples].filter((value) => value !== undefined);
  if (given.length > 1)
    throw refused("track.two-places", {
      message: "Expected one way of saying where the sound begins, found several.",
      hint: "Give an offset, a timecode, or an amount to slip by.",
    });
  const by = { rate: reel.frameRate, sampleRateHz: stream.sampleRateHz, rounding: "nearest" } as const;
  if (at === "file") return fileTime(reel, stream);
  if (at !== undefined) return frameToSample(parsePlace(at, timecodeBaseOf(reel)), by);
  if (slipFrames !== undefined) return presentSamples + frameToSample(slipFrames, by);
  return offsetSamples ?? presentSamples + (slipSamples ?? 0);
}

/** A Broadcast Wave counts samples from midnight, and so does the reel's timecode, in frames. */
function fileTime(reel: Reel, { timeReferenceSamples, sampleRateHz }: AudioStreamFacts): number {
  if (timeReferenceSamples === undefined)
    throw refused("track.no-file-time", {
      message: "Expected a Broadcast Wave with a time of its own, found a file without one.",
      hint: "Say the timecode at which it begins.",
    });
  const by = { rate: reel.frameRate, sampleRateHz, rounding: "nearest" } as const;
  return timeReferenceSamples - frameToSample(reel.startTimecodeFrames, by);
}

type Listed = AnswerOf<"dialogue.list">["tracks"][number];

function describeTrack(view: ProjectView, track: AudioTrack): Listed {
  const { reel, stream } = placeOf(view, track);
  const { sampleRateHz, sampleCount, channelCount } = stream;
  const by = { rate: reel.frameRate, sampleRateHz, rounding: "floor" } as const;
  return {
    trackId: track.id,
    versionId: track.versionId,
    reelId: track.reelId,
    mediaId: track.mediaId,
    streamIndex: track.streamIndex,
    name: basename(mustGet(view, "media", track.mediaId).path),
    stem: track.stem,
    characterId: track.characterId,
    startsAt: formatTimecode(sampleToFrame(track.offsetSamples, by), timecodeBaseOf(reel)),
    offsetSamples: track.offsetSamples,
    sampleRateHz,
    channelCount,
    durationMs: Math.round((sampleCount * 1000) / sampleRateHz),
    gainDb: track.gainDb,
    warnings: [...soundWarnings({ reel, stream, offsetSamples: track.offsetSamples })],
  };
}
