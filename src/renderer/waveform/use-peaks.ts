// Peaks for what a lane shows: asked a moment after the window stands still, kept until better ones are there.
import { useEffect, useState } from "react";
import type { AudioStreamFacts, RecordId } from "../../shared/project/index.ts";
import type { FrameRate } from "../../shared/time/index.ts";
import { useOperations } from "../connection/core-context.tsx";
import { notifyOfRead } from "../state/notices.ts";
import { firstSampleOf, peaksQuestion } from "./peaks-window.ts";
import type { PeaksWindow } from "./peaks-window.ts";
import { useTimeline } from "./timeline-store.ts";

type PeaksOf = {
  readonly mediaId: RecordId<"media">;
  readonly stream: AudioStreamFacts;
  readonly rate: FrameRate;
  /** False while the peaks are being made. */
  readonly isReady: boolean;
};

const settleMs = 40;

export function usePeaks({ mediaId, stream, rate, isReady }: PeaksOf): PeaksWindow | undefined {
  const operations = useOperations();
  const view = useTimeline((state) => state.view);
  const [peaks, setPeaks] = useState<PeaksWindow | undefined>();
  useEffect(() => {
    const question = peaksQuestion(view, stream, { rate, pixelRatio: window.devicePixelRatio });
    if (!isReady || !question || view.widthPx < 2) return undefined;
    const leaving = new AbortController();
    const ask = () => {
      operations["media.peaks"]({ mediaId, streamIndex: stream.streamIndex, ...question }, { signal: leaving.signal })
        .then((answer) => setPeaks({ ...answer, startSample: firstSampleOf(question, answer.samplesPerBucket) }))
        .catch((error: unknown) => {
          if (!leaving.signal.aborted) notifyOfRead(error);
        });
    };
    const timer = setTimeout(ask, settleMs);
    return () => {
      clearTimeout(timer);
      leaving.abort();
    };
  }, [operations, view, stream, rate, mediaId, isReady]);
  return peaks;
}
