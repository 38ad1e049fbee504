// Opens a project folder from anywhere on the machine the core runs on.
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useOperations } from "../connection/core-context.tsx";
import { notify } from "../state/notices.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { FolderBrowser } from "./folder-browser.tsx";

export function OpenDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const operations = useOperations();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const open = (folder: string | undefined) => {
    if (folder !== undefined) operations["project.open"]({ folder }).then(onClose, notify);
  };
  return (
    <Dialog
      title={t("start.openTitle")}
      size="large"
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button look="primary" isDisabled={chosen.length === 0} onPress={() => open(chosen[0])}>
            {t("start.openAction")}
          </Button>
        </>
      }
    >
      <FolderBrowser
        label={t("start.openTitle")}
        shows={["folder", "project"]}
        selection="single"
        onChoose={setChosen}
        onConfirm={open}
      />
    </Dialog>
  );
}
