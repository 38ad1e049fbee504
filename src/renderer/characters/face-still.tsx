// The picture of a face track: the face in the middle of it, cut out of the proxy.
import { useEffect, useRef, useState } from "react";
import type { FaceTrack } from "../../shared/project/index.ts";
import { useOperations, useRecords } from "../connection/core-context.tsx";
import { hostUrl } from "../connection/host-bridge.ts";
import { usePreviews } from "../media/use-previews.ts";
import { Icon } from "../ui/icon.tsx";
import { cutStill } from "./face-stills.ts";

const stillPx = 96;

/** Decoration: whose face it is, is said beside it. */
export function FaceStill({ track }: { readonly track: FaceTrack }) {
  const canvasRef = useRef<HTMLCanvasElement>(null);
  const reel = useRecords("reel")?.find(({ id }) => id === track.reelId);
  const media = useRecords("media")?.find(({ id }) => id === reel?.mediaId);
  const url = usePreviews(media)?.proxy.url;
  const operations = useOperations();
  const [isDrawn, setDrawn] = useState(false);
  const rate = reel?.frameRate;
  useEffect(() => {
    if (!url || !rate) return undefined;
    const leaving = new AbortController();
    const frameIndex = track.startFrame + Math.floor(track.durationFrames / 2);
    const range = `#${frameIndex}-#${frameIndex + 1}`;
    const draw = async () => {
      const { signal } = leaving;
      const geometry = await operations["faces.geometry"]({ trackId: track.id, range }, { signal });
      const [x = 0, y = 0, width = 0, height = 0] = geometry.boxes[0] ?? [];
      const { widthPx, heightPx } = geometry;
      const boxRatios = [x / widthPx, y / heightPx, width / widthPx, height / heightPx] as const;
      const bitmap = await cutStill({ url: hostUrl(url), frameIndex, rate, boxRatios });
      if (signal.aborted) return;
      canvasRef.current?.getContext("2d")?.drawImage(bitmap, 0, 0, stillPx, stillPx);
      setDrawn(true);
    };
    // A picture that cannot be had is no failure of what a person does: the sign of a face stays.
    draw().catch(() => setDrawn(false));
    return () => leaving.abort();
  }, [operations, track, url, rate]);
  return (
    <span className={`face-still${isDrawn ? " face-still--drawn" : ""}`} aria-hidden="true">
      <canvas ref={canvasRef} width={stillPx} height={stillPx} />
      <Icon name="face" />
    </span>
  );
}
