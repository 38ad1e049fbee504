// A job in words: what it is at, how fast, how long still. Pure.
import type { TFunction } from "i18next";
import type { JobProgress, JobSummary } from "../../shared/contract/index.ts";

const kinds = {
  "media.import": "jobs.kindImport",
  "media.prepare": "jobs.kindPrepare",
  "shots.detect": "jobs.kindShots",
  "faces.track": "jobs.kindFaces",
  "faces.overlay": "jobs.kindOverlay",
  "segments.propose": "jobs.kindPropose",
  "segments.generate": "jobs.kindGenerate",
  "takes.score": "jobs.kindScore",
  "render.range": "jobs.kindRender",
  "models.download": "jobs.kindModelDownload",
  "models.import": "jobs.kindModelImport",
  "models.verify": "jobs.kindModelVerify",
} as const;

export function jobKind(job: JobSummary, t: TFunction): string {
  const key = new Map<string, (typeof kinds)[keyof typeof kinds]>(Object.entries(kinds)).get(job.kind);
  return key ? t(key) : job.kind;
}

export const stateWords = {
  queued: "jobs.queued",
  running: "jobs.running",
  paused: "jobs.paused",
  done: "jobs.done",
  failed: "jobs.failed",
  cancelled: "jobs.cancelled",
} as const satisfies Record<JobSummary["state"], string>;

const stages = {
  "reading the file": "jobs.stageReading",
  "drawing the waveform": "jobs.stageWaveform",
  "making the proxy": "jobs.stageProxy",
  "making thumbnails": "jobs.stageThumbnails",
  "looking for cuts and faces": "jobs.stageLooking",
  "joining faces to tracks": "jobs.stageJoining",
  "drawing faces": "jobs.stageDrawing",
  downloading: "jobs.stageDownload",
  converting: "jobs.stageConvert",
  "reading every byte": "jobs.stageVerify",
} as const;

/** Stages cross as one English phrase; one that we do not know is left out rather than shown in another language. */
function stageText({ stage }: JobProgress, t: TFunction): string | undefined {
  const key = new Map<string, (typeof stages)[keyof typeof stages]>(Object.entries(stages)).get(stage);
  return key ? t(key) : undefined;
}

/** "38 s", "4 min 10 s", "1 h 5 min": coarser the longer it takes, so that it doesn't flicker. */
export function timeLeft(leftMs: number, t: TFunction): string {
  const seconds = Math.max(1, Math.ceil(leftMs / 1000));
  if (seconds < 60) return t("time.seconds", { s: seconds });
  if (seconds < 3600) return t("time.minutes", { m: Math.floor(seconds / 60), s: Math.floor((seconds % 60) / 5) * 5 });
  const minutes = Math.ceil(seconds / 60);
  return t("time.hours", { h: Math.floor(minutes / 60), m: minutes % 60 });
}

type Words = { readonly t: TFunction; readonly language: string };

export function rateText(progress: JobProgress, { t, language }: Words): string | undefined {
  if (progress.perSecond === null || progress.perSecond <= 0) return undefined;
  const perSecond = progress.unit === "bytes" ? progress.perSecond / 1e6 : progress.perSecond;
  const maximumFractionDigits = perSecond < 10 ? 1 : 0;
  const rate = new Intl.NumberFormat(language, { maximumFractionDigits }).format(perSecond);
  if (progress.unit === "frames") return t("jobs.framesRate", { rate });
  return progress.unit === "bytes" ? t("jobs.bytesRate", { rate }) : t("jobs.otherRate", { rate, unit: progress.unit });
}

/** "making the proxy · 42 % · 118 frames/s · 38 s left". */
export function progressLine(job: JobSummary, words: Words): string {
  const { t, language } = words;
  const { progress } = job;
  if (job.state !== "running" || !progress) return t(stateWords[job.state]);
  const percent = new Intl.NumberFormat(language, { style: "percent" });
  const stage = stageText(progress, t);
  return (
    [
      stage ?? (progress.doneRatio === null ? t("jobs.running") : undefined),
      progress.doneRatio === null ? undefined : percent.format(progress.doneRatio),
      rateText(progress, words),
      progress.leftMs === null ? undefined : t("jobs.left", { time: timeLeft(progress.leftMs, t) }),
    ]
      .filter((part) => part !== undefined)
      // A line breaks between its parts, never within one.
      .map((part) => part.replaceAll(" ", "\u00a0"))
      .join(" · ")
  );
}
