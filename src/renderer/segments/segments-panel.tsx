// The segment picker: what is to be re-synced in the version that is worked on.
import { useMemo, useState } from "react";
import { Button as AriaButton, GridList, ListLayout, Virtualizer } from "react-aria-components";
import { useTranslation } from "react-i18next";
import type { RecordId } from "../../shared/project/index.ts";
import { setView, useViewStore } from "../state/view-store.ts";
import { ChoiceMenu } from "../ui/choice-menu.tsx";
import { Icon } from "../ui/icon.tsx";
import { useVersions } from "../versions/use-versions.ts";
import { BatchBar } from "./batch-bar.tsx";
import { goToSegment } from "./go-to-segment.ts";
import { SegmentFilters } from "./segment-filters.tsx";
import { SegmentItem } from "./segment-item.tsx";
import { everySegment, queryRows } from "./segment-rows.ts";
import type { SegmentRow } from "./segment-rows.ts";
import { useSegmentRows } from "./use-segments.ts";
import "./segments.css";

const rowHeightPx = 46;

export function SegmentsPanel() {
  const { t } = useTranslation();
  const rows = useSegmentRows();
  const [query, setQuery] = useState(everySegment);
  const shown = useMemo(() => queryRows(rows, query), [rows, query]);
  const selectedIds = useViewStore((state) => state.selectedSegmentIds);
  const selected = rows.filter(({ id }) => selectedIds.includes(id));
  return (
    <section className="panel segments" aria-label={t("segments.title")}>
      <header className="panel__head">
        <VersionChoice />
        <p className="panel__summary segments__count" role="status">
          {shown.length === rows.length
            ? t("segments.count", { count: rows.length })
            : t("segments.countOf", { shown: shown.length, all: rows.length })}
        </p>
      </header>
      {rows.length === 0 ? (
        <NoSegments />
      ) : (
        <>
          <SegmentFilters query={query} onChange={(change) => setQuery((before) => ({ ...before, ...change }))} />
          <SegmentList rows={shown} selectedIds={selectedIds} />
          <BatchBar rows={selected} />
        </>
      )}
    </section>
  );
}

/** Which version is worked on, chosen here too. */
function VersionChoice() {
  const { t } = useTranslation();
  const { versions, current } = useVersions();
  if (!current) return <span />;
  return (
    <ChoiceMenu
      label={t("segments.version")}
      choices={versions.map(({ id, name }) => ({ value: String(id), label: name }))}
      chosen={current.id}
      onChoose={(chosen) => {
        const version = versions.find(({ id }) => id === chosen);
        if (version) setView({ chosenVersionId: version.id, selectedSegmentIds: [] });
      }}
    >
      <AriaButton className="filter filter--plain" aria-label={`${t("segments.version")}: ${current.name}`}>
        <span className="filter__text">{current.name}</span>
        <Icon name="chevron" />
      </AriaButton>
    </ChoiceMenu>
  );
}

function NoSegments() {
  const { t } = useTranslation();
  return (
    <div className="panel__empty">
      <Icon name="segments" />
      <p className="panel__empty-title">{t("segments.empty")}</p>
      <p>{t("segments.emptyHint")}</p>
    </div>
  );
}

type SegmentListProps = {
  readonly rows: readonly SegmentRow[];
  readonly selectedIds: readonly RecordId<"segment">[];
};

function SegmentList({ rows, selectedIds }: SegmentListProps) {
  const { t } = useTranslation();
  return (
    <Virtualizer layout={ListLayout} layoutOptions={{ rowSize: rowHeightPx, gap: 0, padding: 4 }}>
      <GridList
        className="segments__list"
        aria-label={t("segments.list")}
        items={rows}
        selectionMode="multiple"
        selectionBehavior="replace"
        selectedKeys={selectedIds}
        onSelectionChange={(keys) => {
          const chosen = rows.filter(({ id }) => keys === "all" || keys.has(id));
          setView({ selectedSegmentIds: chosen.map(({ id }) => id), sideTab: "inspector" });
          const [only] = chosen;
          if (only && chosen.length === 1) goToSegment(only);
        }}
        renderEmptyState={() => <p className="segments__none">{t("segments.noneFound")}</p>}
      >
        {(row) => <SegmentItem row={row} />}
      </GridList>
    </Virtualizer>
  );
}
