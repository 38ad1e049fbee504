// What an editor should know about sound as it lies under a reel, from its facts alone.
import { frameToSample } from "../time/index.ts";
import type { AudioStreamFacts } from "./media-facts.ts";
import type { Reel } from "./records.ts";

export type SoundWarning = {
  readonly code: "shorter-than-reel" | "longer-than-reel" | "starts-before-reel" | "beside-reel" | "low-sample-rate";
  readonly message: string;
};

type Placed = {
  readonly reel: Pick<Reel, "frameRate" | "durationFrames">;
  readonly stream: Pick<AudioStreamFacts, "sampleRateHz" | "sampleCount">;
  readonly offsetSamples: number;
};

/** Below this the highs of speech are missing. */
const leastRateHz = 32_000;

/** Differences of less than a frame are how files end, and not told. */
export function soundWarnings({ reel, stream, offsetSamples }: Placed): readonly SoundWarning[] {
  const { sampleRateHz, sampleCount } = stream;
  const at = { rate: reel.frameRate, sampleRateHz, rounding: "nearest" } as const;
  const reelSamples = frameToSample(reel.durationFrames, at);
  const frameSamples = frameToSample(1, at);
  const endSample = offsetSamples + sampleCount;
  const seconds = (samples: number) => `${(samples / sampleRateHz).toFixed(2)} s`;
  const found: (SoundWarning | false)[] = [
    endSample <= 0 || offsetSamples >= reelSamples
      ? { code: "beside-reel", message: "No moment of the sound lies under the picture." }
      : endSample < reelSamples - frameSamples && {
          code: "shorter-than-reel",
          message: `The sound ends ${seconds(reelSamples - endSample)} before the picture; silence follows.`,
        },
    endSample > reelSamples + frameSamples && {
      code: "longer-than-reel",
      message: `The sound goes on for ${seconds(endSample - reelSamples)} after the picture; the rest is left out.`,
    },
    offsetSamples + frameSamples < 0 && {
      code: "starts-before-reel",
      message: `The first ${seconds(-offsetSamples)} of the sound lie before the picture and are left out.`,
    },
    sampleRateHz < leastRateHz && {
      code: "low-sample-rate",
      message: `The sound has ${sampleRateHz} samples a second. It is used as it is; its highs are missing.`,
    },
  ];
  return found.filter((each) => each !== false);
}
