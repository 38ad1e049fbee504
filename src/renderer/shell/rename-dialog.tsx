// Gives the project another name. The folder keeps its own.
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useOperations } from "../connection/core-context.tsx";
import { notify } from "../state/notices.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { TextInput } from "../ui/text-input.tsx";

type RenameDialogProps = { readonly projectName: string; readonly onClose: () => void };

export function RenameDialog({ projectName, onClose }: RenameDialogProps) {
  const { t } = useTranslation();
  const operations = useOperations();
  const [text, setText] = useState(projectName);
  const name = text.trim();
  const rename = () => {
    if (name !== "") operations["project.rename"]({ name }).then(onClose, notify);
  };
  return (
    <Dialog
      title={t("shell.renameTitle")}
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button look="primary" isDisabled={name === ""} onPress={rename}>
            {t("shell.renameAction")}
          </Button>
        </>
      }
    >
      <TextInput
        label={t("start.name")}
        value={text}
        onChange={setText}
        maxLength={200}
        focusFirst="yes"
        onSubmit={rename}
      />
    </Dialog>
  );
}
