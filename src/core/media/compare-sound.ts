// Compares the sound tracks of a written file with those that were asked for: samples, channels, and every tag.
import type { MediaFacts } from "../../shared/project/index.ts";
import type { OutputContainer } from "./encoders.ts";
import type { ReportedStream } from "./ffprobe-report.ts";
import { soundComparison, tagsOf } from "./sound-plan.ts";
import type { SoundTrack } from "./sound-plan.ts";
import type { Comparison } from "./verify-written.ts";

type SoundWritten = {
  readonly sound: readonly SoundTrack[];
  readonly container: OutputContainer;
  readonly tracks: readonly ReportedStream[];
};

/** As `verifyWritten` compares. */
export function compareSound(facts: MediaFacts, { sound, container, tracks }: SoundWritten): Comparison {
  const perTrack = sound.flatMap((track, index) => {
    const { written, read } = tagsOf(track, container);
    const measured = Object.entries(soundComparison(track, facts.audio[index], container));
    const tags = ["tags", [written, read(tracks[index])]] as const;
    return [...measured, tags].map(([what, pair]) => [`${what} of audio track ${index + 1}`, pair] as const);
  });
  return { "audio tracks": [sound.length, facts.audio.length], ...Object.fromEntries(perTrack) };
}
