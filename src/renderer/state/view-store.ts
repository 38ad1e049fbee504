// What the window shows and how: the view, not the project. Nothing here is undone or stored with the project.
import { create } from "zustand";
import type { RecordId } from "../../shared/project/index.ts";

export type LeftTab = "media" | "characters" | "versions" | "segments";
export type SideTab = "details" | "inspector" | "jobs";

export type ViewState = {
  readonly selectedMediaId: RecordId<"media"> | undefined;
  /** The version that is worked on; the first one while nothing was chosen. */
  readonly chosenVersionId: RecordId<"version"> | undefined;
  /** In the list, the timeline and the inspector alike. */
  readonly selectedSegmentIds: readonly RecordId<"segment">[];
  readonly leftTab: LeftTab;
  readonly sideTab: SideTab;
  readonly mediaPanelPx: number;
  readonly sidePanelPx: number;
  readonly timelinePx: number;
};

export const useViewStore = create<ViewState>(() => ({
  selectedMediaId: undefined,
  chosenVersionId: undefined,
  selectedSegmentIds: [],
  leftTab: "media",
  sideTab: "details",
  mediaPanelPx: 320,
  sidePanelPx: 344,
  timelinePx: 236,
}));

export const setView = useViewStore.setState;
