// What was really done for a take, counted: a second take with warm caches shows noughts where nothing was done again.
import { z } from "zod";

export const workDoneSchema = z.strictObject({
  framesDecoded: z.int().nonnegative(),
  facesCropped: z.int().nonnegative(),
  facesEncoded: z.int().nonnegative(),
  /** Blocks of sound that the audio network heard. */
  soundBlocksHeard: z.int().nonnegative(),
  windowsDenoised: z.int().nonnegative(),
  facesDecoded: z.int().nonnegative(),
});

export type WorkDone = z.infer<typeof workDoneSchema>;

export const noWork: WorkDone = {
  framesDecoded: 0,
  facesCropped: 0,
  facesEncoded: 0,
  soundBlocksHeard: 0,
  windowsDenoised: 0,
  facesDecoded: 0,
};

export const addWork = (a: WorkDone, b: WorkDone): WorkDone => ({
  framesDecoded: a.framesDecoded + b.framesDecoded,
  facesCropped: a.facesCropped + b.facesCropped,
  facesEncoded: a.facesEncoded + b.facesEncoded,
  soundBlocksHeard: a.soundBlocksHeard + b.soundBlocksHeard,
  windowsDenoised: a.windowsDenoised + b.windowsDenoised,
  facesDecoded: a.facesDecoded + b.facesDecoded,
});

export const stageNames = ["faces", "sound", "denoise", "decode", "store"] as const;
export type StageName = (typeof stageNames)[number];

/** Seconds that each stage was waited for; stages that work ahead of another cost the run less than their own time. */
export type StageSeconds = Readonly<Record<StageName, number>>;

/** Counts and times as they grow. */
export type Tally = {
  readonly count: (what: keyof WorkDone, by?: number) => void;
  readonly timed: <Value>(stage: StageName, work: () => Promise<Value>) => Promise<Value>;
  readonly work: () => WorkDone;
  readonly seconds: () => StageSeconds;
};

export function tally(monotonicMs: () => number): Tally {
  let work = noWork;
  const ms: Record<StageName, number> = { faces: 0, sound: 0, denoise: 0, decode: 0, store: 0 };
  return {
    count: (what, by = 1) => {
      work = { ...work, [what]: work[what] + by };
    },
    timed: async (stage, doWork) => {
      const begunMs = monotonicMs();
      try {
        return await doWork();
      } finally {
        ms[stage] += monotonicMs() - begunMs;
      }
    },
    work: () => work,
    seconds: () => {
      const seconds = { ...ms };
      for (const stage of stageNames) seconds[stage] = ms[stage] / 1000;
      return seconds;
    },
  };
}
