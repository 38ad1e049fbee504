// The editor's window: bar above; media, player and details side by side; timeline below.
import { useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useRecords } from "../connection/core-context.tsx";
import type { ProjectInfo } from "../connection/mirror.ts";
import { DropTarget } from "../media/drop-target.tsx";
import { usePreviews } from "../media/use-previews.ts";
import { clipOf } from "../player/clip.ts";
import { arrive, setPlayer } from "../player/player-store.ts";
import { PlayerPanel } from "../player/player-panel.tsx";
import { useLoop } from "../player/use-loop.ts";
import { usePlayerKeys } from "../player/use-player-keys.ts";
import { setView, useViewStore } from "../state/view-store.ts";
import { SplitHandle } from "../ui/split-handle.tsx";
import { TimelinePanel } from "../waveform/timeline-panel.tsx";
import { LeftPanel } from "./left-panel.tsx";
import { SidePanel } from "./side-panel.tsx";
import { TitleBar } from "./title-bar.tsx";
import { JobNotices } from "../jobs/job-notices.ts";
import { useEditKeys } from "./use-edit-keys.ts";
import "./editor.css";

export function Editor({ project }: { readonly project: ProjectInfo }) {
  const { t } = useTranslation();
  const { mediaPanelPx, sidePanelPx, timelinePx } = useViewStore();
  const { media, clip, previews } = useSelection();
  usePlayerKeys();
  useEditKeys();
  return (
    <DropTarget>
      <JobNotices />
      <div className="editor">
        <TitleBar project={project} />
        <main className="editor__main">
          <div className="editor__upper">
            <div className="editor__column" style={{ width: mediaPanelPx }}>
              <LeftPanel />
            </div>
            <SplitHandle
              label={t("shell.resizeMedia")}
              orientation="vertical"
              sizePx={mediaPanelPx}
              minPx={280}
              maxPx={640}
              growsTowards="after"
              onSize={(sizePx) => setView({ mediaPanelPx: sizePx })}
            />
            <PlayerPanel media={media} clip={clip} previews={previews} />
            <SplitHandle
              label={t("shell.resizeSide")}
              orientation="vertical"
              sizePx={sidePanelPx}
              minPx={260}
              maxPx={560}
              growsTowards="before"
              onSize={(sizePx) => setView({ sidePanelPx: sizePx })}
            />
            <div className="editor__column" style={{ width: sidePanelPx }}>
              <SidePanel media={media} />
            </div>
          </div>
          <SplitHandle
            label={t("shell.resizeTimeline")}
            orientation="horizontal"
            sizePx={timelinePx}
            minPx={120}
            maxPx={560}
            growsTowards="before"
            onSize={(sizePx) => setView({ timelinePx: sizePx })}
          />
          <TimelinePanel media={media} clip={clip} previews={previews} />
        </main>
      </div>
    </DropTarget>
  );
}

/** What is selected, as player and timeline need it. */
function useSelection() {
  const allMedia = useRecords("media");
  const reels = useRecords("reel");
  const selectedId = useViewStore((state) => state.selectedMediaId);
  const media = allMedia?.find(({ id }) => id === selectedId);
  const clip = useMemo(() => (media && reels ? clipOf(media, reels) : undefined), [media, reels]);
  const previews = usePreviews(media);
  const mediaId = media?.id;
  // A record that changed is still the same clip; only another one begins at its first frame.
  useEffect(() => setPlayer({ clip }), [clip]);
  useEffect(() => arrive(), [mediaId]);
  useLoop();
  return { media, clip, previews };
}
