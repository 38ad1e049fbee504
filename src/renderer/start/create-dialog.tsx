// Makes a new project: its name, and the folder it shall lie in.
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useOperations } from "../connection/core-context.tsx";
import { notify } from "../state/notices.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { TextInput } from "../ui/text-input.tsx";
import { FolderBrowser } from "./folder-browser.tsx";

export function CreateDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const operations = useOperations();
  const [projectName, setProjectName] = useState("");
  const [folder, setFolder] = useState<string | undefined>();
  const name = projectName.trim();
  const isReady = name !== "" && folder !== undefined;
  const create = () => {
    if (folder === undefined || name === "") return;
    operations["project.create"]({ folder, name }).then(onClose, notify);
  };
  return (
    <Dialog
      title={t("start.create")}
      size="large"
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button look="primary" isDisabled={!isReady} onPress={create}>
            {t("start.createAction")}
          </Button>
        </>
      }
    >
      <TextInput
        label={t("start.name")}
        value={projectName}
        onChange={setProjectName}
        placeholder={t("start.namePlaceholder")}
        maxLength={120}
        focusFirst="yes"
        onSubmit={create}
        {...(isReady ? { hint: t("start.createdAs", { folder: `${folder}/${name}.dubwright` }) } : {})}
      />
      <FolderBrowser
        label={t("start.folder")}
        shows={["folder"]}
        selection="none"
        onFolder={setFolder}
        onChoose={() => undefined}
      />
    </Dialog>
  );
}
