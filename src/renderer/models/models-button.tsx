// The button that opens the models, on every page.
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../ui/button.tsx";
import { ModelsDialog } from "./models-dialog.tsx";

export function ModelsButton() {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button look="quiet" icon="model" onPress={() => setOpen(true)}>
        {t("models.title")}
      </Button>
      {isOpen ? <ModelsDialog onClose={() => setOpen(false)} /> : null}
    </>
  );
}
