// Chooses media files of the machine the core runs on and imports them where they lie.
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { FolderBrowser } from "../start/folder-browser.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";

type ImportDialogProps = { readonly onImport: (paths: readonly string[]) => void; readonly onClose: () => void };

export function ImportDialog({ onImport, onClose }: ImportDialogProps) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const start = (paths: readonly string[]) => {
    onImport(paths);
    onClose();
  };
  return (
    <Dialog
      title={t("media.importTitle")}
      size="large"
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button look="primary" isDisabled={chosen.length === 0} onPress={() => start(chosen)}>
            {chosen.length === 0 ? t("media.importNone") : t("media.importAction", { count: chosen.length })}
          </Button>
        </>
      }
    >
      <FolderBrowser
        label={t("media.importTitle")}
        shows={["folder", "media"]}
        selection="multiple"
        onChoose={setChosen}
        onConfirm={(path) => start([path])}
      />
    </Dialog>
  );
}
