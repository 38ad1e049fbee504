// What the timeline shows of the clip: the window over its frames, shared by ruler, lanes and playhead.
import { create } from "zustand";
import { usePlayer } from "../player/player-store.ts";
import { clampViewport, fitViewport, followFrame, pxOfFrame, resizeViewport, zoomViewport } from "./viewport.ts";
import type { Viewport } from "./viewport.ts";

export type TimelineState = {
  readonly view: Viewport;
  readonly frameCount: number;
  /** A person scrolled away while it played: the window stays where they are until the next play. */
  readonly isFollowSuspended: boolean;
};

export const useTimeline = create<TimelineState>(() => ({
  view: { startFrame: 0, framesPerPx: 1, widthPx: 1 },
  frameCount: 1,
  isFollowSuspended: false,
}));

const set = useTimeline.setState;

const keyZoomRatio = 1.5;

export const timeline = {
  /** Another clip: all of it is shown. */
  show: (frameCount: number) =>
    set(({ view }) => ({ frameCount, view: fitViewport(frameCount, view.widthPx), isFollowSuspended: false })),
  resize: (widthPx: number) => set(({ view, frameCount }) => ({ view: resizeViewport(view, widthPx, frameCount) })),
  fit: () => set(({ view, frameCount }) => ({ view: fitViewport(frameCount, view.widthPx) })),
  zoomAt: (magnificationRatio: number, atPx: number) =>
    set(({ view, frameCount }) => ({ view: zoomViewport(view, { magnificationRatio, atPx, frameCount }) })),
  /** Around the playhead when it is in sight, else around the middle. */
  zoomByKey: (direction: 1 | -1) => {
    const { view } = useTimeline.getState();
    const playheadPx = pxOfFrame(usePlayer.getState().shownFrame, view);
    const isInSight = playheadPx >= 0 && playheadPx <= view.widthPx;
    timeline.zoomAt(keyZoomRatio ** direction, isInSight ? playheadPx : view.widthPx / 2);
  },
  scrollBy: (byPx: number) =>
    set(({ view, frameCount }) => ({
      view: clampViewport({ ...view, startFrame: view.startFrame + byPx * view.framesPerPx }, frameCount),
      isFollowSuspended: usePlayer.getState().speedRatio !== 0,
    })),
  follow: (shownFrame: number) =>
    set((state) => (state.isFollowSuspended ? state : { view: followFrame(state.view, shownFrame, state.frameCount) })),
  resumeFollowing: () => set({ isFollowSuspended: false }),
} as const;
