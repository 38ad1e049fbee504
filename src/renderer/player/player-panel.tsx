// The player: picture above, transport below, and plain words while there is nothing to play.
import { useTranslation } from "react-i18next";
import type { Media } from "../../shared/project/index.ts";
import { ImportButton } from "../media/import-button.tsx";
import { fileNameOf } from "../media/format.ts";
import type { Previews } from "../media/use-previews.ts";
import { useOperations } from "../connection/core-context.tsx";
import { act } from "../state/notices.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import type { IconName } from "../ui/icon.tsx";
import type { Clip } from "./clip.ts";
import { Picture } from "./picture.tsx";
import { TransportBar } from "./transport-bar.tsx";
import { surfaceProps } from "./use-player-keys.ts";
import "./player.css";

type PlayerPanelProps = {
  readonly media: Media | undefined;
  readonly clip: Clip | undefined;
  readonly previews: Previews | undefined;
};

export function PlayerPanel({ media, clip, previews }: PlayerPanelProps) {
  const { t } = useTranslation();
  return (
    <section className="player" aria-label={t("player.label")} tabIndex={-1} {...surfaceProps}>
      <div className="player__stage">
        <Stage media={media} clip={clip} previews={previews} />
      </div>
      {clip ? <TransportBar clip={clip} /> : null}
    </section>
  );
}

function Stage({ media, clip, previews }: PlayerPanelProps) {
  const { t } = useTranslation();
  if (!media || !clip) return <EmptyStage />;
  const proxy = previews?.proxy;
  if (proxy?.url)
    return (
      <>
        <Picture clip={clip} url={proxy.url} name={fileNameOf(media.path)} />
        {clip.hasPicture ? null : (
          <StageWords icon="wave" title={fileNameOf(media.path)} hint={t("player.soundOnly")} />
        )}
      </>
    );
  if (previews?.isOnline === false)
    return (
      <StageWords icon="warning" title={t("player.offline")} hint={t("media.offlineHint", { path: media.path })} />
    );
  if (!clip.hasPicture) return <StageWords icon="wave" title={fileNameOf(media.path)} hint={t("player.soundOnly")} />;
  if (proxy?.state === "failed" || proxy?.state === "missing") return <NoProxy media={media} state={proxy.state} />;
  return <StageWords icon="clock" title={t("player.notReady")} hint={t("player.notReadyHint")} />;
}

type NoProxyProps = { readonly media: Media; readonly state: "failed" | "missing" };

function NoProxy({ media, state }: NoProxyProps) {
  const { t } = useTranslation();
  const operations = useOperations();
  return (
    <div className="player__welcome">
      {state === "failed" ? (
        <StageWords icon="failed" title={t("player.failed")} hint={t("player.failedHint")} />
      ) : (
        <StageWords icon="film" title={t("player.missing")} hint={t("player.missingHint")} />
      )}
      <Button icon="retry" onPress={() => act(operations["media.prepare"]({ mediaId: media.id }))}>
        {t("media.prepareAgain")}
      </Button>
    </div>
  );
}

/** The first thing a new project asks for stands in the middle of the window. */
function EmptyStage() {
  const { t } = useTranslation();
  return (
    <div className="player__welcome">
      <StageWords icon="film" title={t("player.empty")} hint={t("player.emptyHint")} />
      <ImportButton look="primary" />
      <p className="player__keys">{t("player.keys")}</p>
    </div>
  );
}

type StageWordsProps = { readonly icon: IconName; readonly title: string; readonly hint: string };

function StageWords({ icon, title, hint }: StageWordsProps) {
  return (
    <div className="player__words" role="status">
      <Icon name={icon} />
      <p className="player__words-title">{title}</p>
      <p>{hint}</p>
    </div>
  );
}
