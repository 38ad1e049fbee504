// The media of the project: a list to choose from, and the ways to bring more in.
import { useEffect } from "react";
import { GridList } from "react-aria-components";
import { useTranslation } from "react-i18next";
import type { Media } from "../../shared/project/index.ts";
import { useRecords } from "../connection/core-context.tsx";
import { setView, useViewStore } from "../state/view-store.ts";
import { Icon } from "../ui/icon.tsx";
import { ImportButton } from "./import-button.tsx";
import { MediaRow } from "./media-row.tsx";
import "./media-panel.css";

export function MediaPanel() {
  const { t } = useTranslation();
  const media = useRecords("media")?.toSorted((left, right) => left.importedAt.localeCompare(right.importedAt));
  return (
    <section className="panel media" aria-label={t("media.title")}>
      <header className="panel__head">
        <p className="panel__summary">{t("media.count", { count: media?.length ?? 0 })}</p>
        <ImportButton look="plain" />
      </header>
      {media?.length === 0 ? <NoMedia /> : <MediaList media={media ?? []} />}
    </section>
  );
}

function NoMedia() {
  const { t } = useTranslation();
  return (
    <div className="panel__empty">
      <Icon name="film" />
      <p className="panel__empty-title">{t("media.empty")}</p>
      <p>{t("media.emptyHint")}</p>
    </div>
  );
}

function MediaList({ media }: { readonly media: readonly Media[] }) {
  const { t } = useTranslation();
  const selectedId = useViewStore((state) => state.selectedMediaId);
  const isSelectedThere = media.some(({ id }) => id === selectedId);
  const newestId = (media.findLast(({ facts }) => facts.video.length > 0) ?? media.at(-1))?.id;
  // Something is always shown: what was just imported, or what is left after a removal; a film rather than its dialogue.
  useEffect(() => {
    if (!isSelectedThere && newestId !== undefined) setView({ selectedMediaId: newestId });
  }, [isSelectedThere, newestId]);
  return (
    <GridList
      className="media__list"
      aria-label={t("media.list")}
      selectionMode="single"
      disallowEmptySelection
      selectionBehavior="replace"
      selectedKeys={selectedId === undefined ? [] : [selectedId]}
      onSelectionChange={(keys) => {
        const chosen = media.find(({ id }) => keys !== "all" && keys.has(id));
        if (chosen) setView({ selectedMediaId: chosen.id });
      }}
    >
      {media.map((each) => (
        <MediaRow key={each.id} media={each} />
      ))}
    </GridList>
  );
}
