// Finds a media file again that was moved: the core accepts the same content only, and looks beside it for others.
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Operations } from "../../shared/contract/index.ts";
import type { Media } from "../../shared/project/index.ts";
import { useOperations } from "../connection/core-context.tsx";
import { FolderBrowser } from "../start/folder-browser.tsx";
import { notify } from "../state/notices.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { fileNameOf } from "./format.ts";

/** Relinks a file, and with it every other missing one that lies at the same change of folder. */
export async function relink(operations: Operations, mediaId: Media["id"], path: string): Promise<void> {
  const { alsoFound } = await operations["media.relink"]({ mediaId, path });
  for (const found of alsoFound) await operations["media.relink"](found);
}

type RelinkDialogProps = { readonly media: Media; readonly onClose: () => void };

export function RelinkDialog({ media, onClose }: RelinkDialogProps) {
  const { t } = useTranslation();
  const operations = useOperations();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const title = t("media.relinkTitle", { name: fileNameOf(media.path) });
  const choose = (path: string | undefined) => {
    if (path !== undefined) relink(operations, media.id, path).then(onClose, notify);
  };
  return (
    <Dialog
      title={title}
      size="large"
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button look="primary" isDisabled={chosen.length === 0} onPress={() => choose(chosen[0])}>
            {t("media.relinkAction")}
          </Button>
        </>
      }
    >
      <p className="dialog__words">{t("media.relinkHint", { path: media.path })}</p>
      <FolderBrowser
        label={title}
        shows={["folder", "media"]}
        selection="single"
        onChoose={setChosen}
        onConfirm={choose}
      />
    </Dialog>
  );
}
