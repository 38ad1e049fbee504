// The language versions: each with its sound and what has been done in it.
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { AddVersionDialog } from "./add-version-dialog.tsx";
import { useDialogue, useVersions } from "./use-versions.ts";
import { VersionCard } from "./version-card.tsx";
import "./versions.css";

export function VersionsPanel() {
  const { t } = useTranslation();
  const { versions, current } = useVersions();
  const tracks = useDialogue();
  const [isAdding, setAdding] = useState(false);
  return (
    <section className="panel versions" aria-label={t("versions.title")}>
      <header className="panel__head">
        <p className="panel__summary">{t("versions.count", { count: versions.length })}</p>
        <Button icon="plus" onPress={() => setAdding(true)}>
          {t("versions.add")}
        </Button>
      </header>
      {versions.length === 0 ? (
        <div className="panel__empty">
          <Icon name="language" />
          <p className="panel__empty-title">{t("versions.empty")}</p>
          <p>{t("versions.emptyHint")}</p>
        </div>
      ) : (
        <ul className="versions__list" aria-label={t("versions.list")}>
          {versions.map((version) => (
            <VersionCard
              key={version.id}
              version={version}
              isCurrent={version.id === current?.id}
              tracks={tracks.filter(({ versionId }) => versionId === version.id)}
            />
          ))}
        </ul>
      )}
      {isAdding ? <AddVersionDialog onClose={() => setAdding(false)} /> : null}
    </section>
  );
}
