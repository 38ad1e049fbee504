// The timeline under the player: ruler, one waveform per audio stream, playhead.
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Media } from "../../shared/project/index.ts";
import { languageName } from "../i18n/languages.ts";
import { channelText } from "../media/describe-facts.ts";
import type { Previews } from "../media/use-previews.ts";
import type { Clip } from "../player/clip.ts";
import { usePlayer } from "../player/player-store.ts";
import { surfaceProps } from "../player/use-player-keys.ts";
import { useViewStore } from "../state/view-store.ts";
import { IconButton } from "../ui/button.tsx";
import { AnalysisNote, noteHeightPx } from "../timeline/analysis-note.tsx";
import { rowHeightPx, shotLaneHeightPx } from "../timeline/draw-lane.ts";
import { FaceLaneRow } from "../timeline/face-lane.tsx";
import { ShotLane } from "../timeline/shot-lane.tsx";
import { useAnalysis } from "../timeline/use-analysis.ts";
import type { Analysis } from "../timeline/use-analysis.ts";
import { Playhead } from "./playhead.tsx";
import { Ruler } from "./ruler.tsx";
import { timeline } from "./timeline-store.ts";
import { useTimelineGestures } from "./use-timeline-gestures.ts";
import { WaveformLane } from "./waveform-lane.tsx";
import "./timeline.css";
import "../timeline/face-lanes.css";

type TimelineProps = {
  readonly media: Media | undefined;
  readonly clip: Clip | undefined;
  readonly previews: Previews | undefined;
};

export function TimelinePanel({ media, clip, previews }: TimelineProps) {
  const { t } = useTranslation();
  const heightPx = useViewStore((state) => state.timelinePx);
  return (
    <section
      className="timeline"
      aria-label={t("timeline.label")}
      tabIndex={-1}
      style={{ height: heightPx }}
      {...surfaceProps}
    >
      {media && clip ? (
        <Lanes key={media.id} media={media} clip={clip} previews={previews} />
      ) : (
        <p className="timeline__empty">{t("timeline.empty")}</p>
      )}
    </section>
  );
}

type LanesProps = { readonly media: Media; readonly clip: Clip; readonly previews: Previews | undefined };

const chromeHeightPx = 28 + 9;
const lowestLanePx = 56;
const highestLanePx = 320;

function Lanes({ media, clip, previews }: LanesProps) {
  const { t, i18n } = useTranslation();
  const areaRef = useRef<HTMLDivElement>(null);
  const timelinePx = useViewStore((state) => state.timelinePx);
  const streams = media.facts.audio;
  const analysis = useAnalysis(media.id);
  const sharePx = Math.floor((timelinePx - chromeHeightPx - analysisHeightPx(analysis)) / Math.max(1, streams.length));
  const laneHeightPx = Math.min(highestLanePx, Math.max(lowestLanePx, sharePx));
  useTimelineGestures(areaRef);
  useFollowing(clip);
  return (
    <div className="timeline__grid">
      <div className="timeline__heads">
        <ZoomButtons />
        {streams.map((stream, index) => (
          <div key={stream.streamIndex} className="lane-head" style={{ height: laneHeightPx }}>
            <span className="lane-head__name">{stream.title ?? t("timeline.lane", { number: index + 1 })}</span>
            <span className="lane-head__facts">
              {[
                ...(stream.language === undefined ? [] : [languageName(stream.language, i18n.language)]),
                channelText(stream, t),
              ].join(" · ")}
            </span>
          </div>
        ))}
        <AnalysisHeads analysis={analysis} />
      </div>
      <div ref={areaRef} className="timeline__area">
        <Ruler clip={clip} />
        {streams.map((stream, index) => (
          <WaveformLane
            key={stream.streamIndex}
            clip={clip}
            stream={stream}
            name={stream.title ?? t("timeline.lane", { number: index + 1 })}
            state={previews?.peaks.find((peaks) => peaks.streamIndex === stream.streamIndex)?.state}
            heightPx={laneHeightPx}
          />
        ))}
        {streams.length === 0 ? <p className="timeline__words">{t("timeline.noSound")}</p> : null}
        <AnalysisLanes analysis={analysis} clip={clip} />
        <Playhead />
      </div>
    </div>
  );
}

const hasNote = ({ reel, lanes, job }: Analysis): boolean =>
  reel !== undefined && (lanes.length === 0 || job !== undefined);

function analysisHeightPx(analysis: Analysis): number {
  const { shots, lanes } = analysis;
  const rows = lanes.reduce((sum, lane) => sum + lane.rows.length * rowHeightPx + 1, 0);
  return (shots.length > 0 ? shotLaneHeightPx + 1 : 0) + rows + (hasNote(analysis) ? noteHeightPx : 0);
}

function AnalysisHeads({ analysis }: { readonly analysis: Analysis }) {
  const { t } = useTranslation();
  const { shots, lanes } = analysis;
  return (
    <>
      {shots.length > 0 ? (
        <div className="lane-head face-head" style={{ height: shotLaneHeightPx + 1 }}>
          <span className="lane-head__name">{t("faces.shots")}</span>
          <span className="lane-head__facts">{shots.length}</span>
        </div>
      ) : null}
      {lanes.map(({ character, rows }) => (
        <div
          key={character?.id ?? "nobody"}
          className="lane-head face-head"
          style={{ height: rows.length * rowHeightPx + 1 }}
        >
          <span
            className="face-head__hue"
            style={{ background: character ? `hsl(${character.hueDegrees} 65% 55%)` : "var(--line-strong)" }}
          />
          <span className="lane-head__name">{character?.name ?? t("faces.nobody")}</span>
          <span className="lane-head__facts">{rows.flat().length}</span>
        </div>
      ))}
      {hasNote(analysis) ? <div className="lane-head" style={{ height: noteHeightPx }} /> : null}
    </>
  );
}

function AnalysisLanes({ analysis, clip }: { readonly analysis: Analysis; readonly clip: Clip }) {
  const { t } = useTranslation();
  const { shots, lanes, limits } = analysis;
  return (
    <>
      {shots.length > 0 ? <ShotLane shots={shots} /> : null}
      {lanes.map((lane) => (
        <FaceLaneRow
          key={lane.character?.id ?? "nobody"}
          lane={lane}
          name={lane.character?.name ?? t("faces.nobody")}
          clip={clip}
          limits={limits}
        />
      ))}
      {hasNote(analysis) ? <AnalysisNote analysis={analysis} /> : null}
    </>
  );
}

function ZoomButtons() {
  const { t } = useTranslation();
  return (
    <div className="timeline__zoom" role="group" aria-label={t("timeline.zoom")}>
      <IconButton icon="minus" label={t("timeline.zoomOut")} shortcut="−" onPress={() => timeline.zoomByKey(-1)} />
      <IconButton icon="plus" label={t("timeline.zoomIn")} shortcut="+" onPress={() => timeline.zoomByKey(1)} />
      <IconButton icon="fit" label={t("timeline.fit")} shortcut="Shift+Z" onPress={timeline.fit} />
    </div>
  );
}

/** A new clip is shown whole; the window follows the playhead, and begins to again whenever playing begins. */
function useFollowing(clip: Clip): void {
  useEffect(() => {
    timeline.show(clip.frameCount);
    return usePlayer.subscribe((state, before) => {
      if (state.speedRatio !== 0 && before.speedRatio === 0) timeline.resumeFollowing();
      if (state.shownFrame !== before.shownFrame) timeline.follow(state.shownFrame);
    });
  }, [clip]);
}
