// Undo and redo, each saying what it would take back or make again.
import { useTranslation } from "react-i18next";
import { useHistory, useOperations } from "../connection/core-context.tsx";
import { act } from "../state/notices.ts";
import { IconButton } from "../ui/button.tsx";
import { stepName } from "./step-name.ts";

export function HistoryButtons() {
  const { t } = useTranslation();
  const operations = useOperations();
  const history = useHistory();
  const undo = history?.undo;
  const redo = history?.redo;
  return (
    <div className="title-bar__history" role="group" aria-label={`${t("shell.undo")} / ${t("shell.redo")}`}>
      <IconButton
        icon="undo"
        label={undo ? t("shell.undoStep", { step: stepName(undo.name, t) }) : t("shell.nothingToUndo")}
        shortcut="Ctrl+Z"
        isDisabled={!undo}
        onPress={() => act(operations["history.undo"]({}))}
      />
      <IconButton
        icon="redo"
        label={redo ? t("shell.redoStep", { step: stepName(redo.name, t) }) : t("shell.nothingToRedo")}
        shortcut="Ctrl+Shift+Z"
        isDisabled={!redo}
        onPress={() => act(operations["history.redo"]({}))}
      />
    </div>
  );
}
