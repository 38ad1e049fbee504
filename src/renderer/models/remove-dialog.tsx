// Asked before a model is removed: fetching it again takes time.
import { useTranslation } from "react-i18next";
import { useOperations } from "../connection/core-context.tsx";
import { formatBytes } from "../media/format.ts";
import { notify } from "../state/notices.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";

export type Removal = { readonly model: string; readonly title: string; readonly sizeBytes: number };

type RemoveDialogProps = {
  readonly removal: Removal;
  readonly onRemoved: () => void;
  readonly onClose: () => void;
};

export function RemoveDialog({ removal, onRemoved, onClose }: RemoveDialogProps) {
  const { t, i18n } = useTranslation();
  const operations = useOperations();
  const { model, title, sizeBytes } = removal;
  const remove = () => {
    operations["models.remove"]({ model }).then(onRemoved, notify);
    onClose();
  };
  return (
    <Dialog
      title={t("models.remove", { title })}
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button look="primary" onPress={remove}>
            {t("models.removeAction")}
          </Button>
        </>
      }
    >
      <p>{t("models.removeHint", { size: formatBytes(sizeBytes, i18n.language) })}</p>
    </Dialog>
  );
}
