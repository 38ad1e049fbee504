// The timecode of the frame on screen; clicked, or with "=", it takes a typed one.
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { DubError } from "../../shared/failure/index.ts";
import { formatTimecode, parseTimecodeEntry } from "../../shared/time/index.ts";
import type { Clip } from "./clip.ts";
import { setPlayer, transport, usePlayer } from "./player-store.ts";

export function TimecodeReadout({ clip }: { readonly clip: Clip }) {
  const { t } = useTranslation();
  const shownFrame = usePlayer((state) => state.shownFrame);
  const isTyping = usePlayer((state) => state.isTypingTimecode);
  if (isTyping) return <TimecodeEntry clip={clip} />;
  const timecode = formatTimecode(shownFrame, clip.base);
  return (
    <button
      type="button"
      className="timecode"
      data-frame={shownFrame}
      aria-label={`${t("player.timecode")} ${timecode}`}
      title={t("player.enterTimecode")}
      onClick={() => setPlayer({ isTypingTimecode: true })}
    >
      {timecode}
    </button>
  );
}

function TimecodeEntry({ clip }: { readonly clip: Clip }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [isWrong, setWrong] = useState(false);
  const close = () => setPlayer({ isTypingTimecode: false });
  const go = () => {
    const currentFrame = usePlayer.getState().shownFrame;
    try {
      transport.seek(parseTimecodeEntry(text, { base: clip.base, currentFrame }));
      close();
    } catch (error) {
      if (!(error instanceof DubError)) throw error;
      setWrong(true);
    }
  };
  return (
    <span className="timecode-entry">
      <input
        className="timecode timecode--entry"
        aria-label={t("player.enterTimecode")}
        aria-invalid={isWrong}
        value={text}
        placeholder={formatTimecode(usePlayer.getState().shownFrame, clip.base)}
        autoFocus
        onChange={(event) => {
          setText(event.target.value);
          setWrong(false);
        }}
        onBlur={close}
        onKeyDown={(event) => {
          if (event.key === "Enter") go();
          if (event.key === "Escape") close();
        }}
      />
      {isWrong ? (
        <span role="alert" className="timecode-entry__wrong">
          {t("player.badTimecode")}
        </span>
      ) : null}
    </span>
  );
}
