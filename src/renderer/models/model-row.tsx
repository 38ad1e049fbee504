// One published model: what it is for, its size and licence, where it stands, and its acts.
import { useTranslation } from "react-i18next";
import type { JobSummary } from "../../shared/contract/index.ts";
import { useOperations } from "../connection/core-context.tsx";
import { progressLine } from "../jobs/describe-job.ts";
import { formatBytes } from "../media/format.ts";
import { act } from "../state/notices.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { failureText } from "../ui/failure-text.ts";
import { Icon } from "../ui/icon.tsx";
import type { IconName } from "../ui/icon.tsx";
import { Progress } from "../ui/progress.tsx";
import { purposeOf, stateOf } from "./describe-model.ts";
import type { ModelState } from "./describe-model.ts";
import type { Removal } from "./remove-dialog.tsx";
import type { Licence, PublishedModel } from "./use-models.ts";

export type ModelActs = {
  readonly onVerify: (model: string) => void;
  readonly onRemove: (removal: Removal) => void;
};

type ModelRowProps = ModelActs & {
  readonly model: PublishedModel;
  readonly licence: Licence | undefined;
  readonly job: JobSummary | undefined;
  readonly onDownload: () => void;
};

const stateIcons: Readonly<Record<ModelState, IconName>> = {
  unusable: "minus",
  busy: "import",
  stored: "check",
  partial: "pause",
  absent: "model",
};

export function ModelRow(props: ModelRowProps) {
  const { model, licence, job } = props;
  const { t, i18n } = useTranslation();
  const state = stateOf(model, job);
  const size = formatBytes(model.sizeBytes, i18n.language);
  return (
    <li className={`model model--${state}`} data-model-id={model.modelId} data-state={state}>
      <span className="model__state">
        <Icon name={stateIcons[state]} />
      </span>
      <div className="model__text">
        <p className="model__title">{model.title}</p>
        <p className="model__purpose">{purposeOf(model, t)}</p>
        <Standing {...props} state={state} />
      </div>
      <p className="model__facts">
        <span>{model.isSizeExact ? size : t("models.about", { size })}</span>
        <span className="model__licence">
          {licence?.acceptedAt ? t("models.licenceAccepted", { licence: licence.title }) : (licence?.title ?? "")}
        </span>
      </p>
      <div className="model__acts">
        <Acts {...props} state={state} />
      </div>
    </li>
  );
}

type InState = ModelRowProps & { readonly state: ModelState };

/** The third line: progress, what is there, or what went wrong. */
function Standing({ model, job, state }: InState) {
  const { t, i18n } = useTranslation();
  const size = (bytes: number) => formatBytes(bytes, i18n.language);
  if (state === "busy" && job)
    return (
      <div className="model__busy">
        <Progress label={t("jobs.progress", { title: model.title })} doneRatio={job.progress?.doneRatio ?? undefined} />
        <p className="model__line">{progressLine(job, { t, language: i18n.language })}</p>
      </div>
    );
  const failure = job?.state === "failed" ? job.failure : null;
  const isIntact = job?.state === "done" && job.kind === "models.verify";
  return (
    <>
      {model.stored.map((stored) => (
        <p key={stored.contentSha256} className="model__line model__line--good">
          {t(stored.dtype === "float16" ? "models.ready16" : "models.ready32", { size: size(stored.sizeBytes) })}
          {isIntact ? ` · ${t("models.intact")}` : ""}
        </p>
      ))}
      {state === "partial" ? (
        <p className="model__line">
          {t("models.fetched", { done: size(model.downloadedBytes), total: size(model.sizeBytes) })}
        </p>
      ) : null}
      {state === "unusable" ? <p className="model__line">{t("models.unusable")}</p> : null}
      {model.sha256 === null ? <p className="model__line">{t("models.noHash")}</p> : null}
      {failure ? <p className="model__line model__line--bad selectable">{failureText(failure, t).text}</p> : null}
    </>
  );
}

function Acts({ model, job, state, onDownload, onVerify, onRemove }: InState) {
  const { t } = useTranslation();
  const operations = useOperations();
  const { title, modelId } = model;
  const name = model.stored[0]?.contentSha256 ?? modelId;
  const removal = { model: name, title, sizeBytes: model.stored[0]?.sizeBytes ?? model.downloadedBytes };
  if (state === "busy" && job)
    return (
      <IconButton
        icon="close"
        label={t("jobs.cancel", { title })}
        onPress={() => act(operations["jobs.cancel"]({ jobId: job.jobId }))}
      />
    );
  if (state === "unusable") return null;
  if (state === "stored")
    return (
      <>
        <IconButton icon="verify" label={t("models.verify", { title })} onPress={() => onVerify(name)} />
        <IconButton icon="trash" label={t("models.remove", { title })} onPress={() => onRemove(removal)} />
      </>
    );
  return (
    <>
      {state === "partial" ? (
        <IconButton icon="trash" label={t("models.discard", { title })} onPress={() => onRemove(removal)} />
      ) : null}
      <Button icon="import" onPress={onDownload} aria-label={t("models.downloadTitle", { title })}>
        {state === "partial" ? t("models.continue") : t("models.download")}
      </Button>
    </>
  );
}
