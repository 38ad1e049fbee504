// What the pointer does on the timeline: press and drag seek, the wheel scrolls, with Ctrl it zooms at the pointer.
import { useEffect } from "react";
import type { RefObject } from "react";
import { transport } from "../player/player-store.ts";
import { timeline, useTimeline } from "./timeline-store.ts";
import { frameAtPx } from "./viewport.ts";

const lineHeightPx = 20;
/** A notch of a usual wheel is 100 pixels: a zoom of about a quarter. */
const zoomPerPx = 0.0023;

export function useTimelineGestures(areaRef: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const area = areaRef.current;
    if (!area) return undefined;
    const leaving = new AbortController();
    const { signal } = leaving;
    const pxOf = (event: MouseEvent) => event.clientX - area.getBoundingClientRect().left;
    const seekTo = (event: PointerEvent) =>
      transport.seek(Math.floor(frameAtPx(pxOf(event), useTimeline.getState().view)));

    const onPointerDown = (event: PointerEvent) => {
      if (event.button !== 0 || isOnControl(event)) return;
      area.setPointerCapture(event.pointerId);
      seekTo(event);
    };
    const onPointerMove = (event: PointerEvent) => {
      if (area.hasPointerCapture(event.pointerId)) seekTo(event);
    };
    const onWheel = (event: WheelEvent) => {
      const unitPx = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? lineHeightPx : 1;
      if (event.ctrlKey || event.metaKey || event.altKey) {
        event.preventDefault();
        timeline.zoomAt(Math.exp(-event.deltaY * unitPx * zoomPerPx), pxOf(event));
        return;
      }
      const isSideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
      if (!isSideways) return;
      event.preventDefault();
      timeline.scrollBy((event.deltaX === 0 ? event.deltaY : event.deltaX) * unitPx);
    };

    area.addEventListener("pointerdown", onPointerDown, { signal });
    area.addEventListener("pointermove", onPointerMove, { signal });
    // Not passive: the browser would zoom the page.
    area.addEventListener("wheel", onWheel, { signal, passive: false });
    const observer = new ResizeObserver(() => timeline.resize(Math.max(1, area.clientWidth)));
    observer.observe(area);
    return () => {
      leaving.abort();
      observer.disconnect();
    };
  }, [areaRef]);
}

/** A button in a lane is pressed, not sought to. */
const isOnControl = ({ target }: PointerEvent): boolean =>
  target instanceof Element && target.closest("button") !== null;
