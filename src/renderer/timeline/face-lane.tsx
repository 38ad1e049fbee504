// One lane of face tracks: a character's, or those of nobody yet. What a frame is kept from is told on hover.
import { useEffect, useMemo, useRef, useState } from "react";
import type { PointerEvent } from "react";
import { useTranslation } from "react-i18next";
import type { Project } from "../../shared/project/index.ts";
import { formatTimecode } from "../../shared/time/index.ts";
import type { Clip } from "../player/clip.ts";
import { useSettings } from "../state/settings.ts";
import { useTimeline } from "../waveform/timeline-store.ts";
import { visibleFrames } from "../waveform/viewport.ts";
import { drawTracks, openSurface, rowHeightPx } from "./draw-lane.ts";
import { tracksWithin } from "./face-rows.ts";
import type { FaceLane } from "./face-rows.ts";
import { isDetailed, pieceAt, trackPieces } from "./lane-pieces.ts";
import type { TrackPiece } from "./lane-pieces.ts";
import { reasonText } from "./looks.ts";
import { useVerdicts } from "./use-verdicts.ts";

type FaceLaneProps = {
  readonly lane: FaceLane;
  readonly name: string;
  readonly clip: Clip;
  readonly limits: Project["eligibilityLimits"];
};

type Hover = {
  readonly piece: TrackPiece;
  readonly px: number;
  /** From the lane's lower edge up to the row's upper one: the hint stands above it. */
  readonly abovePx: number;
};

export function FaceLaneRow({ lane, name, clip, limits }: FaceLaneProps) {
  const { t } = useTranslation();
  const canvasRef = useRef<HTMLCanvasElement>(null);
  const view = useTimeline((state) => state.view);
  const theme = useSettings((state) => state.shownTheme);
  const [hover, setHover] = useState<Hover | undefined>();
  const inSight = useMemo(
    () =>
      lane.rows
        .flatMap((row) => tracksWithin(row, view.startFrame, view.startFrame + visibleFrames(view)))
        .filter((track) => isDetailed(track, view)),
    [lane, view],
  );
  const verdicts = useVerdicts(inSight, limits);
  const rows = useMemo(() => lane.rows.map((row) => trackPieces(row, view, verdicts)), [lane, view, verdicts]);
  const heightPx = lane.rows.length * rowHeightPx;
  const hueDegrees = lane.character?.hueDegrees;

  useEffect(() => {
    const surface = canvasRef.current ? openSurface(canvasRef.current, view.widthPx, heightPx) : undefined;
    if (!surface) return;
    const stripe = hueDegrees === undefined ? undefined : `hsl(${hueDegrees} 65% ${theme === "dark" ? 62 : 40}%)`;
    drawTracks(surface, { rows, stripe });
  }, [rows, view.widthPx, heightPx, hueDegrees, theme]);

  const point = (event: PointerEvent<HTMLDivElement>) => {
    const area = event.currentTarget.getBoundingClientRect();
    const px = event.clientX - area.left;
    const row = Math.floor((event.clientY - area.top) / rowHeightPx);
    const piece = pieceAt(rows[row] ?? [], px);
    setHover(piece ? { piece, px, abovePx: heightPx - row * rowHeightPx } : undefined);
  };
  const tracks = lane.rows.flat();
  const faceFrames = tracks.reduce((sum, { durationFrames }) => sum + durationFrames, 0);
  const eligibleFrames = tracks.reduce((sum, track) => sum + track.eligibleFrames, 0);
  return (
    <div
      className="lane face-lane"
      role="img"
      aria-label={t("faces.lane", { name, count: tracks.length, eligible: eligibleFrames, frames: faceFrames })}
      style={{ height: heightPx + 1 }}
      onPointerMove={point}
      onPointerLeave={() => setHover(undefined)}
    >
      <canvas ref={canvasRef} className="face-lane__canvas" />
      {hover ? <TrackHint hover={hover} name={name} clip={clip} widthPx={view.widthPx} /> : null}
    </div>
  );
}

type TrackHintProps = { readonly hover: Hover; readonly name: string; readonly clip: Clip; readonly widthPx: number };

const hintWidthPx = 280;

function TrackHint({ hover, name, clip, widthPx }: TrackHintProps) {
  const { t, i18n } = useTranslation();
  const { track, run } = hover.piece;
  const timecode = (frameIndex: number) => formatTimecode(frameIndex, clip.base);
  const { startFrame, durationFrames } = run ?? track;
  const leftPx = Math.max(0, Math.min(hover.px + 8, widthPx - hintWidthPx));
  return (
    <div className="face-hint" role="tooltip" style={{ left: leftPx, bottom: hover.abovePx + 4, width: hintWidthPx }}>
      <strong className="face-hint__reason">
        {run
          ? reasonText(run, { t, language: i18n.language })
          : t("faces.eligibleOf", { eligible: track.eligibleFrames, frames: track.durationFrames })}
      </strong>
      <span>{t("faces.trackName", { name, track: track.id.slice(-4) })}</span>
      <span className="face-hint__time">
        {t("faces.place", {
          from: timecode(startFrame),
          to: timecode(startFrame + durationFrames),
          frames: durationFrames,
        })}
      </span>
    </div>
  );
}
