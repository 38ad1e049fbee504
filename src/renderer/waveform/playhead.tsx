// The line at the frame on screen, over ruler and lanes.
import { usePlayer } from "../player/player-store.ts";
import { useTimeline } from "./timeline-store.ts";
import { pxOfFrame } from "./viewport.ts";

export function Playhead() {
  const shownFrame = usePlayer((state) => state.shownFrame);
  const view = useTimeline((state) => state.view);
  const leftPx = pxOfFrame(shownFrame, view);
  const isOut = leftPx < -1 || leftPx > view.widthPx + 1;
  // As wide as the frame where frames can be told apart: the whole frame is on screen, not a moment of it.
  const frameWidthPx = 1 / view.framesPerPx;
  return (
    <div
      className="playhead"
      data-px={leftPx}
      hidden={isOut}
      style={{ transform: `translateX(${Math.round(leftPx * 100) / 100}px)` }}
    >
      {frameWidthPx > 3 ? <div className="playhead__frame" style={{ width: frameWidthPx }} /> : null}
    </div>
  );
}
