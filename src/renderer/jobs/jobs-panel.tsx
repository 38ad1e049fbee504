// The jobs of the project: what runs, what waits, what went wrong.
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { JobSummary } from "../../shared/contract/index.ts";
import { useJobs, useOperations } from "../connection/core-context.tsx";
import { inOrderOfWork, isOver } from "../connection/job-list.ts";
import { act } from "../state/notices.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { JobLog } from "./job-log.tsx";
import { JobRow } from "./job-row.tsx";
import "./jobs.css";

export function JobsPanel() {
  const { t } = useTranslation();
  const operations = useOperations();
  const jobs = useJobs();
  const [logged, setLogged] = useState<JobSummary | undefined>();
  if (jobs.length === 0)
    return (
      <div className="panel__empty">
        <Icon name="clock" />
        <p className="panel__empty-title">{t("jobs.empty")}</p>
        <p>{t("jobs.emptyHint")}</p>
      </div>
    );
  return (
    <div className="jobs">
      <ul className="jobs__list" aria-label={t("jobs.list")}>
        {inOrderOfWork(jobs).map((job) => (
          <JobRow key={job.jobId} job={job} onLog={() => setLogged(job)} />
        ))}
      </ul>
      {jobs.some(isOver) ? (
        <Button look="quiet" icon="check" onPress={() => act(operations["jobs.clear"]({}))}>
          {t("jobs.clear")}
        </Button>
      ) : null}
      {logged ? <JobLog job={logged} onClose={() => setLogged(undefined)} /> : null}
    </div>
  );
}
