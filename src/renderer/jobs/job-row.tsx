// One job: what it is, how far it is, and what can be done with it.
import { useTranslation } from "react-i18next";
import type { JobSummary } from "../../shared/contract/index.ts";
import { useOperations } from "../connection/core-context.tsx";
import { act } from "../state/notices.ts";
import { IconButton } from "../ui/button.tsx";
import { failureText } from "../ui/failure-text.ts";
import { Icon } from "../ui/icon.tsx";
import type { IconName } from "../ui/icon.tsx";
import { Progress } from "../ui/progress.tsx";
import { jobKind, progressLine } from "./describe-job.ts";

type JobRowProps = { readonly job: JobSummary; readonly onLog: () => void };

const stateIcons: Readonly<Record<JobSummary["state"], IconName>> = {
  queued: "clock",
  running: "play",
  paused: "pause",
  done: "check",
  failed: "failed",
  cancelled: "close",
};

export function JobRow({ job, onLog }: JobRowProps) {
  const { t, i18n } = useTranslation();
  const title = `${jobKind(job, t)}: ${job.title}`;
  const isBarShown = job.state === "running" || job.state === "paused";
  return (
    <li className={`job job--${job.state}`} data-job-id={job.jobId} data-state={job.state}>
      <span className="job__state">
        <Icon name={stateIcons[job.state]} />
      </span>
      <div className="job__text">
        <p className="job__title">{job.title}</p>
        <p className="job__line">
          {jobKind(job, t)} · {progressLine(job, { t, language: i18n.language })}
          {job.attempts > 1 ? ` · ${t("jobs.attempts", { count: job.attempts })}` : ""}
        </p>
        {isBarShown ? (
          <Progress label={t("jobs.progress", { title })} doneRatio={job.progress?.doneRatio ?? undefined} />
        ) : null}
        {job.failure ? <p className="job__failure selectable">{failureText(job.failure, t).text}</p> : null}
      </div>
      <JobActs job={job} title={title} onLog={onLog} />
    </li>
  );
}

function JobActs({ job, title, onLog }: JobRowProps & { readonly title: string }) {
  const { t } = useTranslation();
  const operations = useOperations();
  const { jobId, state } = job;
  const isWaiting = state === "queued" || state === "running";
  return (
    <div className="job__acts">
      {isWaiting ? (
        <IconButton
          icon="pause"
          label={t("jobs.pause", { title })}
          onPress={() => act(operations["jobs.pause"]({ jobId }))}
        />
      ) : null}
      {state === "paused" ? (
        <IconButton
          icon="play"
          label={t("jobs.resume", { title })}
          onPress={() => act(operations["jobs.resume"]({ jobId }))}
        />
      ) : null}
      {isWaiting || state === "paused" ? (
        <IconButton
          icon="close"
          label={t("jobs.cancel", { title })}
          onPress={() => act(operations["jobs.cancel"]({ jobId }))}
        />
      ) : null}
      {state === "failed" || state === "cancelled" ? (
        <IconButton
          icon="retry"
          label={t("jobs.retry", { title })}
          onPress={() => act(operations["jobs.retry"]({ jobId }))}
        />
      ) : null}
      <IconButton icon="log" label={t("jobs.log", { title })} onPress={onLog} />
    </div>
  );
}
