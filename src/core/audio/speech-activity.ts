// Where a dialogue track speaks: levels every 10 ms, then two thresholds with hysteresis. For stems of dialogue; a mix with
// music under it has no silence to find.
import type { SampleRange } from "../../shared/time/index.ts";
import { assert } from "../../shared/failure/index.ts";

/** Level in dBFS (RMS) of each 10 ms, rumble removed; a full-scale sine reads -3. */
export type LevelTrack = {
  readonly sampleRateHz: number;
  readonly sampleCount: number;
  readonly levelsDbfs: Float32Array;
};

export type SpeechSettings = {
  /** Speech begins this far above the track's noise floor, and at `belowSpeechDb` under its loud moments at least. */
  readonly aboveFloorDb: number;
  readonly belowSpeechDb: number;
  /** Speech goes on until the level falls this far below where it may begin. */
  readonly hysteresisDb: number;
  /** What is quieter is no speech, however quiet the track. */
  readonly lowestDbfs: number;
  /** Shorter sounds are clicks; shorter pauses belong to the sentence. */
  readonly minSpeechMs: number;
  readonly minPauseMs: number;
  /** Soft beginnings and endings that the levels miss. */
  readonly leadMs: number;
  readonly tailMs: number;
};

export const defaultSpeechSettings: SpeechSettings = {
  aboveFloorDb: 15,
  belowSpeechDb: 30,
  hysteresisDb: 6,
  lowestDbfs: -60,
  minSpeechMs: 80,
  minPauseMs: 250,
  leadMs: 60,
  tailMs: 120,
};

const stepMs = 10;
const silenceDbfs = -120;
const highPassHz = 90; // below every voice; hum and handling noise lie there

/** Samples at which 10 ms step `step` begins: exact at rates that 100 does not divide, too. */
const stepStart = (step: number, sampleRateHz: number): number => Math.round((step * sampleRateHz * stepMs) / 1000);

/** Levels of one channel. Long files may be read in pieces of whole steps. */
export function speechLevels(samples: Float32Array, sampleRateHz: number): LevelTrack {
  assert(sampleRateHz >= 1000, `speech needs a sample rate of 1000 Hz or more, not ${sampleRateHz}`);
  const stepCount = Math.ceil((samples.length * 1000) / (sampleRateHz * stepMs));
  const levelsDbfs = new Float32Array(stepCount);
  const keep = Math.exp((-2 * Math.PI * highPassHz) / sampleRateHz);
  let [low, start] = [samples[0] ?? 0, 0];
  for (let step = 0; step < stepCount; step++) {
    const next = Math.min(stepStart(step + 1, sampleRateHz), samples.length);
    let energy = 0;
    for (let n = start; n < next; n++) {
      const value = samples[n] ?? 0;
      low = value + keep * (low - value);
      energy += (value - low) ** 2;
    }
    const meanSquare = energy / Math.max(next - start, 1);
    levelsDbfs[step] = Math.max(silenceDbfs, 10 * Math.log10(meanSquare));
    start = next;
  }
  return { sampleRateHz, sampleCount: samples.length, levelsDbfs };
}

type Thresholds = { readonly beginDbfs: number; readonly endDbfs: number };

/** From the track's own floor (10th percentile) and loud moments (95th); digital silence counts for neither. */
export function speechThresholds(track: LevelTrack, settings = defaultSpeechSettings): Thresholds {
  const heard = track.levelsDbfs.filter((level) => level > silenceDbfs + 20).toSorted();
  const percentile = (part: number) => heard[Math.floor(part * (heard.length - 1))] ?? silenceDbfs;
  const [floorDbfs, loudDbfs] = [percentile(0.1), percentile(0.95)];
  const fromFloorDbfs = floorDbfs + settings.aboveFloorDb;
  const fromLoudDbfs = loudDbfs - settings.belowSpeechDb;
  // A track that speaks all the time has no floor to rise above; then the loud moments alone decide.
  const hasFloor = loudDbfs - floorDbfs > settings.aboveFloorDb + settings.hysteresisDb;
  const beginDbfs = Math.max(settings.lowestDbfs, hasFloor ? Math.max(fromFloorDbfs, fromLoudDbfs) : fromLoudDbfs);
  return { beginDbfs, endDbfs: beginDbfs - settings.hysteresisDb };
}

type Steps = { readonly from: number; readonly to: number };

/** Runs that rise to `beginDbfs` and last until they fall below `endDbfs`; they reach back to where they left it. */
function runsOf(levels: Float32Array, { beginDbfs, endDbfs }: Thresholds): readonly Steps[] {
  const runs: Steps[] = [];
  let from = 0;
  let isSpeech = false;
  for (let step = 0; step <= levels.length; step++) {
    const level = levels[step] ?? -Infinity;
    if (level >= beginDbfs) isSpeech = true;
    if (level >= endDbfs) continue;
    if (isSpeech) runs.push({ from, to: step });
    isSpeech = false;
    from = step + 1;
  }
  return runs;
}

function joinAcross(runs: readonly Steps[], pauseSteps: number): readonly Steps[] {
  const joined: Steps[] = [];
  for (const run of runs) {
    const last = joined.at(-1);
    if (last !== undefined && run.from - last.to < pauseSteps) joined.splice(-1, 1, { from: last.from, to: run.to });
    else joined.push(run);
  }
  return joined;
}

/** Ranges of speech in samples, in order, apart from each other, within the track. */
export function speechRanges(track: LevelTrack, settings = defaultSpeechSettings): readonly SampleRange[] {
  const { levelsDbfs, sampleRateHz, sampleCount } = track;
  const steps = (durationMs: number) => Math.round(durationMs / stepMs);
  const loud = joinAcross(runsOf(levelsDbfs, speechThresholds(track, settings)), steps(settings.minPauseMs));
  const spoken = loud.filter(({ from, to }) => to - from >= steps(settings.minSpeechMs));
  const widened = spoken.map(({ from, to }) => ({
    from: Math.max(0, from - steps(settings.leadMs)),
    to: Math.min(levelsDbfs.length, to + steps(settings.tailMs)),
  }));
  // Where widening made two meet they are one.
  return joinAcross(widened, 1).map(({ from, to }) => {
    const startSample = stepStart(from, sampleRateHz);
    return { startSample, durationSamples: Math.min(stepStart(to, sampleRateHz), sampleCount) - startSample };
  });
}
