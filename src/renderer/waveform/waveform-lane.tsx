// One audio stream on the timeline: its name at the left, its waveform under the picture's frames.
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { AudioStreamFacts } from "../../shared/project/index.ts";
import type { Previews } from "../media/use-previews.ts";
import type { Clip } from "../player/clip.ts";
import { notify } from "../state/notices.ts";
import { useSettings } from "../state/settings.ts";
import { useTimeline } from "./timeline-store.ts";
import { usePeaks } from "./use-peaks.ts";
import { createWaveDrawer } from "./wave-drawer.ts";
import type { WaveDrawer } from "./wave-drawer.ts";

type WaveformLaneProps = {
  readonly clip: Clip;
  readonly stream: AudioStreamFacts;
  readonly name: string;
  readonly state: Previews["peaks"][number]["state"] | undefined;
  readonly heightPx: number;
};

export function WaveformLane({ clip, stream, name, state, heightPx }: WaveformLaneProps) {
  const { t } = useTranslation();
  const containerRef = useRef<HTMLDivElement>(null);
  const view = useTimeline((each) => each.view);
  const isReady = state === "ready";
  const peaks = usePeaks({ mediaId: clip.mediaId, stream, rate: clip.rate, isReady });
  const drawer = useDrawer(containerRef, { heightPx, channelCount: stream.channelCount });

  useEffect(() => {
    const { startOffsetSamples } = stream;
    if (drawer && peaks) drawer.draw({ peaks, view, rate: clip.rate, startOffsetSamples });
  }, [drawer, peaks, view, clip.rate, stream]);

  return (
    <div className="lane" role="img" aria-label={t("timeline.waveform", { name })} style={{ height: heightPx }}>
      <div ref={containerRef} className="lane__wave" data-ready={peaks !== undefined} />
      {isReady ? null : (
        <p className="lane__words">
          {state === "failed" || state === "missing" ? t("timeline.peaksFailed") : t("timeline.peaksPreparing")}
        </p>
      )}
    </div>
  );
}

type DrawerSize = { readonly heightPx: number; readonly channelCount: number };

/** A drawer is made anew when the height or the theme changes: its colors are read from the tokens. */
function useDrawer(
  containerRef: React.RefObject<HTMLDivElement | null>,
  { heightPx, channelCount }: DrawerSize,
): WaveDrawer | undefined {
  const theme = useSettings((state) => state.shownTheme);
  const [drawer, setDrawer] = useState<WaveDrawer | undefined>();
  useEffect(() => {
    const container = containerRef.current;
    if (!container) return undefined;
    const tokens = getComputedStyle(document.documentElement);
    const made = createWaveDrawer({
      container,
      heightPx,
      channelCount,
      look: {
        waveColor: tokens.getPropertyValue("--wave").trim(),
        lineColor: tokens.getPropertyValue("--wave-quiet").trim(),
      },
      onFailure: notify,
    });
    setDrawer(made);
    return () => {
      made[Symbol.dispose]();
      setDrawer(undefined);
    };
  }, [containerRef, heightPx, channelCount, theme]);
  return drawer;
}
