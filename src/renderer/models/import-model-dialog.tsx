// Chooses a checkpoint of the machine the core runs on and converts it; the file itself stays where it is.
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useOperations } from "../connection/core-context.tsx";
import { FolderBrowser } from "../start/folder-browser.tsx";
import { act } from "../state/notices.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { PrecisionChoice } from "./precision-choice.tsx";
import type { WeightDtype } from "./precision-choice.tsx";

export function ImportModelDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const operations = useOperations();
  const [dtype, setDtype] = useState<WeightDtype>("float32");
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const start = (path: string | undefined) => {
    if (path === undefined) return;
    act(operations["models.import"]({ path, dtype }));
    onClose();
  };
  return (
    <Dialog
      title={t("models.importTitle")}
      size="large"
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button look="primary" isDisabled={chosen.length === 0} onPress={() => start(chosen[0])}>
            {t("models.importAction")}
          </Button>
        </>
      }
    >
      <FolderBrowser
        label={t("models.importTitle")}
        shows={["folder", "model"]}
        selection="single"
        onChoose={setChosen}
        onConfirm={start}
      />
      <PrecisionChoice dtype={dtype} onChange={setDtype} />
    </Dialog>
  );
}
