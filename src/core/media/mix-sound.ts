// Mixes stretches of several streams into one file of plain float samples: dialogue over M&E, to the sample.
import { assert } from "../../shared/failure/index.ts";
import { commandArguments } from "./command.ts";
import { fileUrl } from "./limits.ts";
import { openMedia } from "./media-source.ts";
import type { MediaSource } from "./media-source.ts";
import { optionList } from "./options.ts";
import { runTool } from "./run-tool.ts";
import { soundFilter, soundInput } from "./sound-plan.ts";
import type { SoundTrack } from "./sound-plan.ts";
import { toolFailure } from "./tool-failure.ts";
import type { Ffmpeg } from "./toolchain.ts";

export type MixPart = Pick<SoundTrack, "path" | "stream" | "stretch" | "gainDb">;

type MixOptions = {
  /** A WAV file, RF64 beyond 4 GB. Of ours alone: it is written in place. */
  readonly path: string;
  readonly signal?: AbortSignal | undefined;
};

/** The usual layout of so many channels, where a file names none. */
const usualLayouts: Readonly<Record<number, string>> = { 1: "mono", 2: "stereo", 6: "5.1", 8: "7.1" };

/**
 * All parts have one sample rate and one length. The layout is that of the widest part; narrower ones go where ffmpeg's
 * matrices put them: one voice to the centre of 5.1, and to both sides of stereo at -3 dB each. Nothing is scaled down:
 * what is louder than full scale stays so, as floats can.
 */
export async function mixSound(tools: Ffmpeg, parts: readonly MixPart[], options: MixOptions): Promise<MediaSource> {
  const [first] = parts;
  assert(first !== undefined, "a mix has parts");
  const isAlike = parts.every(
    ({ stream, stretch }) =>
      stream.sampleRateHz === first.stream.sampleRateHz && stretch.durationSamples === first.stretch.durationSamples,
  );
  assert(isAlike, "the parts of a mix have one rate and one length");
  const widest = parts.reduce(
    (most, { stream }) => (stream.channelCount > most.channelCount ? stream : most),
    first.stream,
  );
  const layout = widest.channelLayout ?? usualLayouts[widest.channelCount] ?? `${widest.channelCount}c`;
  const chains = parts.map(
    (part, index) =>
      `[${index}:${part.stream.streamIndex}]${soundFilter(part)},aformat=sample_fmts=fltp:channel_layouts=${layout}[p${index}]`,
  );
  const labels = parts.map((_part, index) => `[p${index}]`).join("");
  const { path, signal } = options;
  const args = commandArguments({
    inputs: parts.map((part, index) => {
      const { options: guarded, url } = soundInput(part, tools.limits.maxPixels);
      const own = index === 0 ? optionList({ loglevel: "level+error", nostats: "", copyts: "" }) : [];
      return { options: [...own, ...guarded], url };
    }),
    outputs: [
      {
        options: optionList({
          filter_complex: `${chains.join(";")};${labels}amix=inputs=${parts.length}:normalize=0[mix]`,
          map: "[mix]",
          "c:a": "pcm_f32le",
          f: "wav",
          rf64: "auto",
          y: "",
        }),
        url: fileUrl(path),
      },
    ],
  });
  const { report } = await runTool(tools, { program: "ffmpeg", args, signal });
  if (report.exitCode !== 0) throw toolFailure(report, { doing: "mix the sound of", path, signal });
  return await openMedia(tools, path, signal);
}
