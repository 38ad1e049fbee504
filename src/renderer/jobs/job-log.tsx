// The log of a job, to read and to copy.
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { AnswerOf, JobSummary } from "../../shared/contract/index.ts";
import { useOperations } from "../connection/core-context.tsx";
import { notify } from "../state/notices.ts";
import { Dialog } from "../ui/dialog.tsx";
import { failureDetail } from "../ui/failure-text.ts";
import { CopyButton } from "../ui/notice-region.tsx";

type Line = AnswerOf<"jobs.log">["lines"][number];

type JobLogProps = { readonly job: JobSummary; readonly onClose: () => void };

export function JobLog({ job, onClose }: JobLogProps) {
  const { t } = useTranslation();
  const operations = useOperations();
  const [lines, setLines] = useState<readonly Line[]>([]);
  useEffect(() => {
    operations["jobs.log"]({ jobId: job.jobId }).then((answer) => setLines(answer.lines), notify);
  }, [operations, job.jobId]);
  const text = [
    ...lines.map(({ at, level, message }) => `${at} ${level} ${message}`),
    ...(job.failure ? [failureDetail(job.failure)] : []),
  ].join("\n");
  return (
    <Dialog
      title={t("jobs.logTitle")}
      size="large"
      onClose={onClose}
      foot={<CopyButton text={text} label={t("jobs.copyLog")} />}
    >
      <pre className="job-log selectable" tabIndex={0}>
        {text === "" ? t("jobs.logEmpty") : text}
      </pre>
    </Dialog>
  );
}
