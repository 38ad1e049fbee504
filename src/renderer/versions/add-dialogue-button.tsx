// Lays sound under a reel of a version: one mix, or one file for each character.
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { RecordId } from "../../shared/project/index.ts";
import { hostBridge } from "../connection/host-bridge.ts";
import { notify } from "../state/notices.ts";
import { Button } from "../ui/button.tsx";
import { AddDialogueDialog } from "./add-dialogue-dialog.tsx";

type AddDialogueButtonProps = { readonly versionId: RecordId<"version">; readonly isDisabled: boolean };

export function AddDialogueButton({ versionId, isDisabled }: AddDialogueButtonProps) {
  const { t } = useTranslation();
  /** Undefined while nothing is added; empty where files are still to be chosen in the dialog. */
  const [paths, setPaths] = useState<readonly string[] | undefined>();
  const begin = () => {
    const bridge = hostBridge();
    if (!bridge) setPaths([]);
    else bridge.chooseMedia().then((chosen) => setPaths(chosen.length === 0 ? undefined : chosen), notify);
  };
  return (
    <>
      <Button icon="plus" isDisabled={isDisabled} onPress={begin}>
        {t("versions.addDialogue")}
      </Button>
      {paths ? (
        <AddDialogueDialog versionId={versionId} chosenPaths={paths} onClose={() => setPaths(undefined)} />
      ) : null}
    </>
  );
}
