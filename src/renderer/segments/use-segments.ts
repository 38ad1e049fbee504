// The segments of the version that is worked on, as rows, and those of them that are selected.
import { useMemo } from "react";
import { useRecords } from "../connection/core-context.tsx";
import { useViewStore } from "../state/view-store.ts";
import { useVersions } from "../versions/use-versions.ts";
import { segmentRows } from "./segment-rows.ts";
import type { SegmentRow } from "./segment-rows.ts";

export function useSegmentRows(): readonly SegmentRow[] {
  const versionId = useVersions().current?.id;
  const segments = useRecords("segment");
  const takes = useRecords("take");
  const reels = useRecords("reel");
  const characters = useRecords("character");
  return useMemo(
    () =>
      segmentRows({
        segments: segments?.filter((segment) => segment.versionId === versionId) ?? [],
        takes: takes ?? [],
        reels: reels ?? [],
        characters: characters ?? [],
      }),
    [segments, takes, reels, characters, versionId],
  );
}

export function useSelectedRows(): readonly SegmentRow[] {
  const rows = useSegmentRows();
  const selectedIds = useViewStore((state) => state.selectedSegmentIds);
  return useMemo(() => rows.filter(({ id }) => selectedIds.includes(id)), [rows, selectedIds]);
}
