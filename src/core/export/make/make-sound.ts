// Makes the tracks of a cell: what is to be one track is mixed, measured, and brought to its loudness.
import { join } from "node:path";
import { mixSound, usualSoundCodec } from "../../media/index.ts";
import type { Ffmpeg, OutputContainer, SoundCodec, SoundTrack } from "../../media/index.ts";
import { rangeBetween } from "../../../shared/time/index.ts";
import type { ExportCell } from "../plan/export-plan.ts";
import type { PlannedTrack, TrackPart } from "../plan/sound-layout.ts";
import { placeSound } from "../place-sound.ts";
import { measureLoudness, normalisingGain } from "./programme-loudness.ts";
import type { ProgrammeLoudness } from "./programme-loudness.ts";

type SoundMaking = {
  readonly cell: Pick<ExportCell, "reel" | "preset" | "tracks">;
  readonly tools: Ffmpeg;
  readonly container: OutputContainer;
  /** Absolute. */
  readonly pathOf: (recordPath: string) => string;
  readonly tempFolder: string;
  readonly signal: AbortSignal;
};

export type MadeSound = {
  readonly tracks: readonly SoundTrack[];
  /** Of the programme before its gain; undefined where nothing was normalised. */
  readonly before: ProgrammeLoudness | undefined;
  readonly gainDb: number;
  /** The true peak's limit kept the programme quieter than its target. */
  readonly isHeldBack: boolean;
};

export async function makeSound(making: SoundMaking): Promise<MadeSound> {
  const { cell, container, pathOf } = making;
  const whole = rangeBetween(0, cell.reel.durationFrames);
  const under = { reel: cell.reel, range: whole };
  const tracks: SoundTrack[] = [];
  let [before, gainDb, isHeldBack]: [ProgrammeLoudness | undefined, number, boolean] = [undefined, 0, false];
  for (const [index, track] of cell.tracks.entries()) {
    const { parts, languageTag, title, dispositions } = track;
    const tags = { languageTag, title, dispositions };
    const place = ({ path, stream, offsetSamples, gainDb: ownGainDb }: TrackPart) =>
      placeSound(
        {
          path: pathOf(path),
          stream,
          offsetSamples,
          gainDb: ownGainDb,
          codec: usualSoundCodec(container, stream),
          ...tags,
        },
        under,
      );
    const [only] = parts;
    if (!isMixed(track, cell) && only) {
      tracks.push(place(only));
      continue;
    }
    const { tools, tempFolder, signal } = making;
    const mix = await mixSound(tools, parts.map(place), { path: join(tempFolder, `mix-${index}.wav`), signal });
    const [stream] = mix.facts.audio;
    if (!stream) continue;
    if (track.role === "programme" && cell.preset.loudness.kind === "normalised") {
      before = await measureLoudness(mix, stream.streamIndex, signal);
      ({ gainDb, isHeldBack } = normalisingGain(before, cell.preset.loudness));
    }
    const stretch = { startSample: 0, durationSamples: stream.sampleCount };
    const codec = mixCodec(container, stream.channelCount);
    tracks.push({ path: mix.path, stream, stretch, gainDb: track.role === "programme" ? gainDb : 0, codec, ...tags });
  }
  return { tracks, before, gainDb, isHeldBack };
}

/** One part that is to be normalised goes the same way, so that what is measured is what is written. */
const isMixed = ({ parts, role }: PlannedTrack, { preset }: Pick<ExportCell, "preset">): boolean =>
  parts.length > 1 || (role === "programme" && preset.loudness.kind === "normalised");

/** 24 bits everywhere but in MP4, in the form in which the container remembers where channels stand. */
function mixCodec(container: OutputContainer, channelCount: number): SoundCodec {
  if (container === "mp4") return "aac";
  return container === "mkv" && channelCount > 2 ? "flac" : "pcm-24";
}
