// An import under way, or one that needs an answer: which size of pictures, or whether the licence is accepted.
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { JobSummary } from "../../shared/contract/index.ts";
import { isActive } from "../connection/job-list.ts";
import { useOperations } from "../connection/core-context.tsx";
import { progressLine } from "../jobs/describe-job.ts";
import { act } from "../state/notices.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { failureText } from "../ui/failure-text.ts";
import { Icon } from "../ui/icon.tsx";
import { Progress } from "../ui/progress.tsx";
import { answersOf, isQuestion } from "./describe-model.ts";
import { LicenceNote } from "./licence-note.tsx";
import type { Licence } from "./use-models.ts";

type ImportJobRowProps = {
  readonly job: JobSummary;
  readonly licences: readonly Licence[];
  readonly onDismiss: () => void;
};

export function ImportJobRow({ job, licences, onDismiss }: ImportJobRowProps) {
  const { t, i18n } = useTranslation();
  const operations = useOperations();
  const isBusy = isActive(job);
  return (
    <li className={`model model--${isBusy || isQuestion(job) ? "busy" : "failed"}`} data-state={job.state}>
      <span className="model__state">
        <Icon name={isBusy ? "import" : isQuestion(job) ? "warning" : "failed"} />
      </span>
      <div className="model__text">
        <p className="model__title">{job.title}</p>
        {isBusy ? (
          <div className="model__busy">
            <Progress
              label={t("jobs.progress", { title: job.title })}
              doneRatio={job.progress?.doneRatio ?? undefined}
            />
            <p className="model__line">{progressLine(job, { t, language: i18n.language })}</p>
          </div>
        ) : null}
        {job.failure ? (
          <p className={`model__line selectable${isQuestion(job) ? "" : " model__line--bad"}`}>
            {failureText(job.failure, t).text}
          </p>
        ) : null}
      </div>
      <p className="model__facts" />
      <div className="model__acts">
        {isBusy ? (
          <IconButton
            icon="close"
            label={t("jobs.cancel", { title: job.title })}
            onPress={() => act(operations["jobs.cancel"]({ jobId: job.jobId }))}
          />
        ) : (
          <>
            <Answers job={job} licences={licences} />
            <IconButton icon="close" label={t("common.dismiss")} onPress={onDismiss} />
          </>
        )}
      </div>
    </li>
  );
}

/** What a person can say to a refused import, so that it is tried again with the answer. */
function Answers({ job, licences }: Omit<ImportJobRowProps, "onDismiss">) {
  const { t } = useTranslation();
  const operations = useOperations();
  const [isReading, setReading] = useState(false);
  const path = job.labels["path"] ?? "";
  const again = (answer: { readonly trainedForPx?: number; readonly acceptLicence?: boolean }) => {
    act(operations["models.import"]({ path, ...answersOf(job), ...answer }));
  };
  if (job.failure?.code === "models.which-resolution")
    return [256, 512].map((trainedForPx) => (
      <Button key={trainedForPx} onPress={() => again({ trainedForPx })}>
        {t("models.trainedFor", { px: trainedForPx })}
      </Button>
    ));
  const licence = licences.find(({ id }) => id === job.failure?.details["licenceId"]);
  if (!licence) return null;
  return (
    <>
      <Button onPress={() => setReading(true)}>{t("models.readLicence")}</Button>
      {isReading ? (
        <Dialog
          title={licence.title}
          onClose={() => setReading(false)}
          foot={
            <>
              <Button onPress={() => setReading(false)}>{t("common.cancel")}</Button>
              <Button
                look="primary"
                onPress={() => {
                  again({ acceptLicence: true });
                  setReading(false);
                }}
              >
                {t("models.acceptAndImport")}
              </Button>
            </>
          }
        >
          <LicenceNote licence={licence} />
        </Dialog>
      ) : null}
    </>
  );
}
