// Which stretch of a timeline a lane shows, and how zooming and scrolling move it. Pure.
import type { Frame } from "../../shared/time/index.ts";

/** The part of a timeline in a window. Positions on screen are CSS pixels from the left edge of the lanes. */
export type Viewport = {
  /** The frame at the left edge; may be fractional. */
  readonly startFrame: number;
  readonly framesPerPx: number;
  readonly widthPx: number;
};

/** At the closest zoom a frame is this wide. */
const widestFramePx = 48;

export const fitViewport = (frameCount: number, widthPx: number): Viewport => ({
  startFrame: 0,
  framesPerPx: widestScale(frameCount, widthPx),
  widthPx,
});

const closestScale = 1 / widestFramePx;

const widestScale = (frameCount: number, widthPx: number): number =>
  Math.max(closestScale, frameCount / Math.max(1, widthPx));

export const visibleFrames = (view: Viewport): number => view.framesPerPx * view.widthPx;

export const frameAtPx = (px: number, view: Viewport): number => view.startFrame + px * view.framesPerPx;

export const pxOfFrame = (frame: Frame, view: Viewport): number => (frame - view.startFrame) / view.framesPerPx;

/** The same window within the timeline's ends and the limits of zoom. */
export function clampViewport(view: Viewport, frameCount: number): Viewport {
  const framesPerPx = Math.min(widestScale(frameCount, view.widthPx), Math.max(closestScale, view.framesPerPx));
  const lastStart = Math.max(0, frameCount - framesPerPx * view.widthPx);
  return { ...view, framesPerPx, startFrame: Math.min(lastStart, Math.max(0, view.startFrame)) };
}

export type Zoom = {
  /** Above 1 comes closer. */
  readonly magnificationRatio: number;
  /** What stays under the pointer. */
  readonly atPx: number;
  readonly frameCount: number;
};

/** The frame under the pointer stays there, except where an end of the timeline would leave the edge. */
export function zoomViewport(view: Viewport, { magnificationRatio, atPx, frameCount }: Zoom): Viewport {
  const scaled = clampViewport({ ...view, framesPerPx: view.framesPerPx / magnificationRatio }, frameCount);
  const pinnedFrame = frameAtPx(atPx, view);
  return clampViewport({ ...scaled, startFrame: pinnedFrame - atPx * scaled.framesPerPx }, frameCount);
}

export const scrollViewport = (view: Viewport, byPx: number, frameCount: number): Viewport =>
  clampViewport({ ...view, startFrame: view.startFrame + byPx * view.framesPerPx }, frameCount);

/** A resized window keeps its left edge and scale; one that showed everything goes on showing everything. */
export function resizeViewport(view: Viewport, widthPx: number, frameCount: number): Viewport {
  const showedAll = visibleFrames(view) >= frameCount - 1e-6;
  return showedAll ? fitViewport(frameCount, widthPx) : clampViewport({ ...view, widthPx }, frameCount);
}

/** Where the window goes so that a frame is seen: nowhere when it is, else it pages, or centers what was jumped to. */
export function followFrame(view: Viewport, frame: Frame, frameCount: number): Viewport {
  const px = pxOfFrame(frame, view);
  if (px >= 0 && px < view.widthPx) return view;
  const isNextPage = px >= view.widthPx && px < view.widthPx * 1.5;
  const startFrame = isNextPage ? frame : frame - visibleFrames(view) / 2;
  return clampViewport({ ...view, startFrame }, frameCount);
}
