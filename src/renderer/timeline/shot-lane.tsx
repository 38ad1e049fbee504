// The lane of shots: where one ends and the next begins, by their numbers.
import { useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Shot } from "../../shared/project/index.ts";
import { useSettings } from "../state/settings.ts";
import { useTimeline } from "../waveform/timeline-store.ts";
import { drawShots, openSurface, shotLaneHeightPx } from "./draw-lane.ts";
import { shotPieces } from "./lane-pieces.ts";

export function ShotLane({ shots }: { readonly shots: readonly Shot[] }) {
  const { t } = useTranslation();
  const canvasRef = useRef<HTMLCanvasElement>(null);
  const view = useTimeline((state) => state.view);
  const theme = useSettings((state) => state.shownTheme);
  const pieces = useMemo(() => shotPieces(shots, view), [shots, view]);
  useEffect(() => {
    const surface = canvasRef.current ? openSurface(canvasRef.current, view.widthPx, shotLaneHeightPx) : undefined;
    if (surface) drawShots(surface, pieces);
  }, [pieces, view.widthPx, theme]);
  return (
    <div
      className="lane shot-lane"
      role="img"
      aria-label={t("faces.shotLane", { count: shots.length })}
      style={{ height: shotLaneHeightPx + 1 }}
    >
      <canvas ref={canvasRef} className="face-lane__canvas" />
    </div>
  );
}
