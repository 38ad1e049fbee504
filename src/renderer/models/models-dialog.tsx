// The models of this machine: what each is for, whether it is here, and what can be done with it.
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { JobSummary } from "../../shared/contract/index.ts";
import { isActive } from "../connection/job-list.ts";
import { useOperations } from "../connection/core-context.tsx";
import { act } from "../state/notices.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { latestJob, openImports, roles } from "./describe-model.ts";
import { DownloadDialog } from "./download-dialog.tsx";
import { ImportJobRow } from "./import-job-row.tsx";
import { ImportModelDialog } from "./import-model-dialog.tsx";
import { ModelRow } from "./model-row.tsx";
import { OwnModelRow } from "./own-model-row.tsx";
import { RemoveDialog } from "./remove-dialog.tsx";
import type { Removal } from "./remove-dialog.tsx";
import { useModels } from "./use-models.ts";
import type { ModelList, PublishedModel } from "./use-models.ts";
import "./models.css";

type Asking =
  | { readonly type: "download"; readonly model: PublishedModel }
  | { readonly type: "remove"; readonly removal: Removal }
  | { readonly type: "import" };

export function ModelsDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const { list, jobs, read } = useModels();
  const [asking, setAsking] = useState<Asking | undefined>();
  const done = () => setAsking(undefined);
  return (
    <Dialog
      title={t("models.title")}
      size="wide"
      onClose={onClose}
      foot={
        <>
          <p className="models__folder selectable">{list ? t("models.folder", { folder: list.folder }) : ""}</p>
          <Button icon="import" onPress={() => setAsking({ type: "import" })}>
            {t("models.import")}
          </Button>
          <Button look="primary" onPress={onClose}>
            {t("common.close")}
          </Button>
        </>
      }
    >
      {list ? (
        <Lists list={list} jobs={jobs} onAsk={setAsking} />
      ) : (
        <p className="models__hint">{t("common.loading")}</p>
      )}
      {list && asking?.type === "download" ? (
        <DownloadDialog model={asking.model} licences={list.licences} onClose={done} />
      ) : null}
      {asking?.type === "remove" ? <RemoveDialog removal={asking.removal} onRemoved={read} onClose={done} /> : null}
      {asking?.type === "import" ? <ImportModelDialog onClose={done} /> : null}
    </Dialog>
  );
}

type ListsProps = {
  readonly list: ModelList;
  readonly jobs: readonly JobSummary[];
  readonly onAsk: (asking: Asking) => void;
};

function Lists({ list, jobs, onAsk }: ListsProps) {
  const { t } = useTranslation();
  const operations = useOperations();
  const [dismissed, setDismissed] = useState<readonly string[]>([]);
  const imports = openImports(jobs).filter(({ jobId }) => !dismissed.includes(jobId));
  const remove = (removal: Removal) => onAsk({ type: "remove", removal });
  const verify = (model: string) => act(operations["models.verify"]({ model }));
  return (
    <div className="models">
      {imports.length === 0 ? null : (
        <ul className="models__list" aria-label={t("models.imports")}>
          {imports.map((job) => (
            <ImportJobRow
              key={job.jobId}
              job={job}
              licences={list.licences}
              onDismiss={() => setDismissed((ids) => [...ids, job.jobId])}
            />
          ))}
        </ul>
      )}
      {roles.map(({ role, title }) => (
        <section key={role} aria-label={t(title)}>
          <h3 className="models__role">{t(title)}</h3>
          <ul className="models__list" aria-label={t(title)}>
            {list.models
              .filter((model) => model.role === role)
              .map((model) => (
                <ModelRow
                  key={model.modelId}
                  model={model}
                  licence={list.licences.find(({ id }) => id === model.licenceId)}
                  job={latestJob(jobs, model.modelId)}
                  onDownload={() => onAsk({ type: "download", model })}
                  onVerify={verify}
                  onRemove={remove}
                />
              ))}
          </ul>
        </section>
      ))}
      {list.own.length + list.damaged.length === 0 ? null : (
        <section aria-label={t("models.own")}>
          <h3 className="models__role">{t("models.own")}</h3>
          <ul className="models__list" aria-label={t("models.own")}>
            {list.own.map((model) => (
              <OwnModelRow
                key={model.contentSha256}
                model={model}
                isBusy={jobs.some((job) => isActive(job) && job.labels["contentSha256"] === model.contentSha256)}
                onVerify={verify}
                onRemove={remove}
              />
            ))}
            {list.damaged.map(({ folder, why }) => (
              <li key={folder} className="model model--failed">
                {t("models.damaged", { folder, why })}
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
