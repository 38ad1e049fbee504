// The ruler in timecode. It is a slider: arrow keys step, a click or a drag seeks.
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { formatTimecode } from "../../shared/time/index.ts";
import type { Clip } from "../player/clip.ts";
import { usePlayer } from "../player/player-store.ts";
import { useSettings } from "../state/settings.ts";
import { rulerTicks } from "./ruler-ticks.ts";
import { useTimeline } from "./timeline-store.ts";
import type { Viewport } from "./viewport.ts";

const rulerHeightPx = 28;

export function Ruler({ clip }: { readonly clip: Clip }) {
  const { t } = useTranslation();
  const canvasRef = useRef<HTMLCanvasElement>(null);
  const view = useTimeline((state) => state.view);
  const theme = useSettings((state) => state.shownTheme);
  const shownFrame = usePlayer((state) => state.shownFrame);

  useEffect(() => {
    if (canvasRef.current) drawRuler(canvasRef.current, view, clip);
  }, [view, clip, theme]);

  return (
    <div
      className="ruler"
      role="slider"
      tabIndex={0}
      aria-label={t("timeline.position")}
      aria-valuemin={0}
      aria-valuemax={clip.frameCount - 1}
      aria-valuenow={shownFrame}
      aria-valuetext={formatTimecode(shownFrame, clip.base)}
    >
      <canvas ref={canvasRef} className="ruler__canvas" />
    </div>
  );
}

function drawRuler(canvas: HTMLCanvasElement, view: Viewport, clip: Clip): void {
  const scale = window.devicePixelRatio;
  canvas.width = Math.round(view.widthPx * scale);
  canvas.height = Math.round(rulerHeightPx * scale);
  const context = canvas.getContext("2d");
  if (!context) return;
  const tokens = getComputedStyle(canvas);
  context.scale(scale, scale);
  context.font = `${tokens.getPropertyValue("--text-small")} ${tokens.fontFamily}`;
  context.textBaseline = "top";
  for (const { px, label } of rulerTicks(view, clip.base)) {
    const x = Math.round(px);
    const markPx = label === undefined ? 4 : 10;
    context.fillStyle = tokens.getPropertyValue(label === undefined ? "--line-strong" : "--text-dim");
    context.fillRect(x, rulerHeightPx - markPx, 1, markPx);
    if (label === undefined) continue;
    context.fillText(label, x + 5, 7);
  }
}
