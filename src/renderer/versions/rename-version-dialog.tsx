// Gives a version another name, as "German, cinema mix".
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Version } from "../../shared/project/index.ts";
import { useOperations } from "../connection/core-context.tsx";
import { notify } from "../state/notices.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { TextInput } from "../ui/text-input.tsx";

type RenameVersionDialogProps = { readonly version: Version; readonly onClose: () => void };

export function RenameVersionDialog({ version, onClose }: RenameVersionDialogProps) {
  const { t } = useTranslation();
  const operations = useOperations();
  const [text, setText] = useState<string>(version.name);
  const name = text.trim();
  const rename = () => {
    if (name !== "") operations["versions.rename"]({ versionId: version.id, name }).then(onClose, notify);
  };
  return (
    <Dialog
      title={t("versions.renameTitle")}
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
        label={t("versions.name")}
        value={text}
        onChange={setText}
        maxLength={200}
        focusFirst="yes"
        onSubmit={rename}
      />
    </Dialog>
  );
}
