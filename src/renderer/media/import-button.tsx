// The button that brings media in: the system's own dialog on the desktop, ours in a browser.
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useOperations } from "../connection/core-context.tsx";
import { hostBridge } from "../connection/host-bridge.ts";
import { act, notify } from "../state/notices.ts";
import { Button } from "../ui/button.tsx";
import { ImportDialog } from "./import-dialog.tsx";

export function ImportButton({ look }: { readonly look: "plain" | "primary" }) {
  const { t } = useTranslation();
  const operations = useOperations();
  const [isChoosing, setChoosing] = useState(false);
  const importAll = (paths: readonly string[]) => {
    for (const path of paths) act(operations["media.import"]({ path }));
  };
  const choose = () => {
    const bridge = hostBridge();
    if (bridge) bridge.chooseMedia().then(importAll, notify);
    else setChoosing(true);
  };
  return (
    <>
      <Button look={look} icon="import" onPress={choose}>
        {t("media.import")}
      </Button>
      {isChoosing ? <ImportDialog onImport={importAll} onClose={() => setChoosing(false)} /> : null}
    </>
  );
}
