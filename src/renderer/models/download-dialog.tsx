// Asked before a download: how exact it is kept, from where it comes, and the licence while it is not accepted.
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useOperations } from "../connection/core-context.tsx";
import { formatBytes } from "../media/format.ts";
import { act } from "../state/notices.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { LicenceNote } from "./licence-note.tsx";
import { PrecisionChoice } from "./precision-choice.tsx";
import type { WeightDtype } from "./precision-choice.tsx";
import type { Licence, PublishedModel } from "./use-models.ts";

type DownloadDialogProps = {
  readonly model: PublishedModel;
  readonly licences: readonly Licence[];
  readonly onClose: () => void;
};

export function DownloadDialog({ model, licences, onClose }: DownloadDialogProps) {
  const { t, i18n } = useTranslation();
  const operations = useOperations();
  const [dtype, setDtype] = useState<WeightDtype>("float32");
  const licence = licences.find(({ id }) => id === model.licenceId);
  const isAccepted = licence !== undefined && licence.acceptedAt !== null;
  const start = () => {
    act(operations["models.download"]({ modelId: model.modelId, dtype, acceptLicence: true }));
    onClose();
  };
  const size = formatBytes(model.sizeBytes - model.downloadedBytes, i18n.language);
  return (
    <Dialog
      title={t("models.downloadTitle", { title: model.title })}
      size="tall"
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button look="primary" onPress={start}>
            {isAccepted ? t("models.download") : t("models.acceptAndDownload")}
          </Button>
        </>
      }
    >
      <p className="models__hint selectable">{t("models.comesFrom", { size, host: new URL(model.address).host })}</p>
      <PrecisionChoice dtype={dtype} onChange={setDtype} />
      {licence ? <LicenceNote licence={licence} /> : null}
    </Dialog>
  );
}
