// Which sound lies under a rendered range, to the sample: tracks of the version, and the film's own.
import type { AudioStreamFacts, AudioTrack, Reel } from "../../shared/project/index.ts";
import { rangeToSamples } from "../../shared/time/index.ts";
import type { FrameRange } from "../../shared/time/index.ts";
import type { SoundTrack } from "../media/index.ts";

/** One stream as it lies under the reel. */
export type SoundChoice = Pick<SoundTrack, "path" | "stream" | "codec" | "languageTag" | "title" | "dispositions"> &
  Pick<AudioTrack, "offsetSamples" | "gainDb">;

type Under = { readonly reel: Pick<Reel, "frameRate">; readonly range: FrameRange };

/** The stretch of a stream's own samples that sounds under the frames; both ends rounded alike, so that neighbours meet. */
export function placeSound({ offsetSamples, ...choice }: SoundChoice, under: Under): SoundTrack {
  return { ...choice, stretch: stretchUnder(choice.stream, offsetSamples, under) };
}

function stretchUnder({ sampleRateHz }: AudioStreamFacts, offsetSamples: number, { reel, range }: Under) {
  const onReel = rangeToSamples(range, { rate: reel.frameRate, sampleRateHz, rounding: "nearest" });
  return { startSample: onReel.startSample - offsetSamples, durationSamples: onReel.durationSamples };
}
