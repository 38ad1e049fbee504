// What can be done with the selected segments at once.
import { useTranslation } from "react-i18next";
import { useOperations, useRecords } from "../connection/core-context.tsx";
import { act } from "../state/notices.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { ActMenu } from "../ui/choice-menu.tsx";
import type { Act } from "../ui/choice-menu.tsx";
import { loopSegment } from "./go-to-segment.ts";
import type { SegmentRow } from "./segment-rows.ts";

export function BatchBar({ rows }: { readonly rows: readonly SegmentRow[] }) {
  const { t } = useTranslation();
  const operations = useOperations();
  const acts = useMoreActs(rows);
  const [first] = rows;
  if (!first) return null;
  const segmentIds = rows.map(({ id }) => id);
  const canApprove = rows.every(({ selectedTake }) => selectedTake !== undefined);
  return (
    <footer className="batch" aria-label={t("segments.batch")}>
      <span className="batch__count" role="status">
        {t("segments.selected", { count: rows.length })}
      </span>
      <IconButton icon="loop" label={t("segments.loop")} shortcut="⏎" onPress={() => loopSegment(first)} />
      <Button
        icon="check"
        isDisabled={!canApprove}
        onPress={() => act(operations["segments.state"]({ segmentIds, state: "approved" }))}
      >
        {t("segments.approve")}
      </Button>
      <ActMenu label={t("segments.more")} acts={acts}>
        <IconButton icon="more" label={t("segments.more")} />
      </ActMenu>
    </footer>
  );
}

function useMoreActs(rows: readonly SegmentRow[]): readonly Act[] {
  const { t } = useTranslation();
  const operations = useOperations();
  const characters = useRecords("character") ?? [];
  const segmentIds = rows.map(({ id }) => id);
  return [
    {
      id: "to-do",
      label: t("segments.setToDo"),
      icon: "circle",
      run: () => act(operations["segments.state"]({ segmentIds, state: "to-do" })),
    },
    {
      id: "ignore",
      label: t("segments.ignore"),
      icon: "minus",
      run: () => act(operations["segments.ignore"]({ segmentIds })),
    },
    ...(rows.length > 1
      ? [{ id: "merge", label: t("segments.merge"), run: () => act(operations["segments.merge"]({ segmentIds })) }]
      : []),
    ...characters.map(({ id, name }): Act => ({
      id,
      label: t("segments.assignTo", { name }),
      icon: "face",
      run: () => act(operations["segments.assign"]({ segmentIds, characterId: id })),
    })),
    {
      id: "remove",
      label: t("segments.remove"),
      icon: "trash",
      run: () => act(operations["segments.remove"]({ segmentIds })),
    },
  ];
}
