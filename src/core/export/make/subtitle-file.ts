// The timed text that goes beside a film: where it lies and what is in it.
import { frameToSeconds } from "../../../shared/time/index.ts";
import type { Frame } from "../../../shared/time/index.ts";
import { formatSrt } from "../interchange/timed-text.ts";
import type { ExportCell } from "../plan/export-plan.ts";

/** "Night_R1_de.mp4" in German -> "Night_R1_de.de.srt", which players find by themselves. */
export const subtitlePathOf = (filmPath: string, languageTag: string): string =>
  `${filmPath.replace(/\.[^./\\]+$/u, "")}.${languageTag}.srt`;

/** SubRip, on the clock of a film that begins at 0. */
export const subtitlesOf = ({ lines, reel: { frameRate } }: Pick<ExportCell, "lines" | "reel">): string => {
  const ms = (frame: Frame): number => Math.round(1000 * frameToSeconds(frame, frameRate));
  return formatSrt(
    lines.map(({ startFrame, durationFrames, text }) => ({
      startMs: ms(startFrame),
      endMs: ms(startFrame + durationFrames),
      text,
      name: "",
      placement: "",
    })),
  );
};
