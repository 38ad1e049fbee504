// The buttons under the picture, the timecode, the frame number and the volume.
import { Slider, SliderThumb, SliderTrack } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { formatCount } from "../media/format.ts";
import { IconButton } from "../ui/button.tsx";
import type { Clip } from "./clip.ts";
import { setPlayer, transport, usePlayer } from "./player-store.ts";
import { TimecodeReadout } from "./timecode-readout.tsx";

export function TransportBar({ clip }: { readonly clip: Clip }) {
  return (
    <div className="transport">
      <div className="transport__side">
        <TimecodeReadout clip={clip} />
        <FrameReadout clip={clip} />
      </div>
      <TransportButtons />
      <div className="transport__side transport__side--end">
        <LoopButton />
        <SpeedReadout />
        <Volume />
      </div>
    </div>
  );
}

function FrameReadout({ clip }: { readonly clip: Clip }) {
  const { t, i18n } = useTranslation();
  const shownFrame = usePlayer((state) => state.shownFrame);
  const frames = formatCount(clip.frameCount, i18n.language);
  return (
    <span className="transport__frame">
      {t("player.frame", { frame: formatCount(shownFrame, i18n.language), frames })}
    </span>
  );
}

function TransportButtons() {
  const { t } = useTranslation();
  const isReady = usePlayer((state) => state.playback !== undefined);
  const isPlaying = usePlayer((state) => state.speedRatio !== 0);
  const off = { isDisabled: !isReady };
  return (
    <div className="transport__buttons" role="group" aria-label={t("player.label")}>
      <IconButton {...off} icon="to-start" label={t("player.toStart")} shortcut="Home" onPress={transport.toStart} />
      <IconButton
        {...off}
        icon="rewind"
        label={t("player.shuttleBack")}
        shortcut="J"
        onPress={() => transport.shuttle("back")}
      />
      <IconButton
        {...off}
        icon="step-back"
        label={t("player.stepBack")}
        shortcut="←"
        onPress={() => transport.step(-1)}
      />
      <span className="transport__play">
        <IconButton
          {...off}
          icon={isPlaying ? "pause" : "play"}
          label={isPlaying ? t("player.pause") : t("player.play")}
          shortcut="␣"
          onPress={transport.togglePlay}
        />
      </span>
      <IconButton
        {...off}
        icon="step-forward"
        label={t("player.stepForward")}
        shortcut="→"
        onPress={() => transport.step(1)}
      />
      <IconButton
        {...off}
        icon="forward"
        label={t("player.shuttleForward")}
        shortcut="L"
        onPress={() => transport.shuttle("forward")}
      />
      <IconButton {...off} icon="to-end" label={t("player.toEnd")} shortcut="End" onPress={transport.toEnd} />
    </div>
  );
}

/** Only while something is played over and over: pressing it plays on. */
function LoopButton() {
  const { t } = useTranslation();
  const isLooping = usePlayer((state) => state.loop !== undefined);
  if (!isLooping) return null;
  return (
    <span className="transport__loop">
      <IconButton icon="loop" label={t("player.endLoop")} onPress={() => setPlayer({ loop: undefined })} />
    </span>
  );
}

function SpeedReadout() {
  const { t } = useTranslation();
  const speedRatio = usePlayer((state) => state.speedRatio);
  if (speedRatio === 0 || speedRatio === 1) return null;
  return <span className="transport__speed">{t("player.speed", { ratio: speedRatio })}</span>;
}

function Volume() {
  const { t } = useTranslation();
  const volumeRatio = usePlayer((state) => state.volumeRatio);
  const isMuted = usePlayer((state) => state.isMuted);
  return (
    <>
      <IconButton
        icon={isMuted ? "muted" : "sound"}
        label={isMuted ? t("player.unmute") : t("player.mute")}
        onPress={transport.toggleMute}
      />
      <Slider
        className="slider transport__volume"
        aria-label={t("player.volume")}
        minValue={0}
        maxValue={1}
        step={0.05}
        formatOptions={{ style: "percent" }}
        value={isMuted ? 0 : volumeRatio}
        onChange={(value) => setPlayer({ volumeRatio: value, isMuted: false })}
      >
        <SliderTrack className="slider__track">
          {({ state }) => (
            <>
              <div className="slider__fill" style={{ width: `${state.getThumbPercent(0) * 100}%` }} />
              <SliderThumb className="slider__thumb" />
            </>
          )}
        </SliderTrack>
      </Slider>
    </>
  );
}
