// What the window shows and how: the view, not the project. Nothing here is undone or stored with the project.
import { create } from "zustand";
import type { RecordId } from "../../shared/project/index.ts";

export type SideTab = "details" | "jobs";

export type ViewState = {
  readonly selectedMediaId: RecordId<"media"> | undefined;
  readonly sideTab: SideTab;
  readonly mediaPanelPx: number;
  readonly sidePanelPx: number;
  readonly timelinePx: number;
};

export const useViewStore = create<ViewState>(() => ({
  selectedMediaId: undefined,
  sideTab: "details",
  mediaPanelPx: 288,
  sidePanelPx: 320,
  timelinePx: 236,
}));

export const setView = useViewStore.setState;
