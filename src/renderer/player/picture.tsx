// The picture itself: a media element over the proxy, tied to the transport.
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { hostUrl } from "../connection/host-bridge.ts";
import { notify } from "../state/notices.ts";
import type { Clip } from "./clip.ts";
import { createPlayback } from "./playback.ts";
import { setPlayer, transport, usePlayer } from "./player-store.ts";

type PictureProps = { readonly clip: Clip; readonly url: string; readonly name: string };

export function Picture({ clip, url, name }: PictureProps) {
  const { t } = useTranslation();
  const elementRef = useRef<HTMLVideoElement>(null);
  const volumeRatio = usePlayer((state) => state.volumeRatio);
  const isMuted = usePlayer((state) => state.isMuted);

  useEffect(() => {
    const element = elementRef.current;
    if (!element) return undefined;
    const playback = createPlayback(element, {
      clip,
      onFrame: (shownFrame) => setPlayer({ shownFrame }),
      onSpeed: (speedRatio) => setPlayer({ speedRatio }),
      onFailure: notify,
    });
    setPlayer({ playback });
    // Where the playhead was before the proxy was there.
    playback.seek(usePlayer.getState().shownFrame);
    return () => {
      playback[Symbol.dispose]();
      setPlayer({ playback: undefined, speedRatio: 0 });
    };
  }, [clip, url]);

  useEffect(() => {
    if (!elementRef.current) return;
    elementRef.current.volume = volumeRatio;
    elementRef.current.muted = isMuted;
  }, [volumeRatio, isMuted, url]);

  return (
    <video
      key={url}
      ref={elementRef}
      className="picture"
      src={hostUrl(url)}
      preload="auto"
      playsInline
      disablePictureInPicture
      aria-label={t("player.picture", { name })}
      onClick={transport.togglePlay}
    />
  );
}
