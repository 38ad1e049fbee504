// One media file in the list: its first picture, name and facts in a line, and whether anything is wrong with it.
import { useState } from "react";
import { GridListItem } from "react-aria-components";
import { useTranslation } from "react-i18next";
import type { Media } from "../../shared/project/index.ts";
import { useOperations } from "../connection/core-context.tsx";
import { hostBridge, hostUrl } from "../connection/host-bridge.ts";
import { act, notify } from "../state/notices.ts";
import { IconButton } from "../ui/button.tsx";
import { ActMenu } from "../ui/choice-menu.tsx";
import { Icon } from "../ui/icon.tsx";
import { lengthOf, summaryOf } from "./describe-facts.ts";
import { noteworthy } from "./describe-warning.ts";
import { fileNameOf } from "./format.ts";
import { relink, RelinkDialog } from "./relink-dialog.tsx";
import { usePreviews } from "./use-previews.ts";
import type { Previews } from "./use-previews.ts";

export function MediaRow({ media }: { readonly media: Media }) {
  const { t, i18n } = useTranslation();
  const previews = usePreviews(media);
  const name = fileNameOf(media.path);
  const noticeCount = noteworthy(media.facts).length;
  return (
    <GridListItem id={media.id} textValue={name} className="media-row">
      <Thumbnail media={media} previews={previews} />
      <span className="media-row__text">
        <span className="media-row__name">{name}</span>
        <span className="media-row__facts">{summaryOf(media.facts, { t, language: i18n.language })}</span>
        <span className="media-row__state">
          <span>{lengthOf(media.facts)}</span>
          {previews?.isOnline === false ? <span className="media-row__bad">{t("media.offline")}</span> : null}
          {previews?.proxy.state === "preparing" ? t("media.preparing") : null}
          {noticeCount > 0 ? (
            <span className="media-row__notice">
              <Icon name="warning" />
              {t("media.warnings", { count: noticeCount })}
            </span>
          ) : null}
        </span>
      </span>
      <RowMenu media={media} name={name} />
    </GridListItem>
  );
}

function RowMenu({ media, name }: { readonly media: Media; readonly name: string }) {
  const { t } = useTranslation();
  const operations = useOperations();
  const [isRelinking, setRelinking] = useState(false);
  const label = t("media.actions", { name });
  const locate = () => {
    const bridge = hostBridge();
    if (!bridge) setRelinking(true);
    else
      bridge
        .chooseMedia()
        .then(([path]) => (path === undefined ? undefined : relink(operations, media.id, path)))
        .catch(notify);
  };
  return (
    <>
      <ActMenu
        label={label}
        acts={[
          { id: "relink", label: t("media.relink"), icon: "folder", run: locate },
          {
            id: "prepare",
            label: t("media.prepareAgain"),
            icon: "retry",
            run: () => act(operations["media.prepare"]({ mediaId: media.id })),
          },
          {
            id: "remove",
            label: t("media.remove"),
            icon: "trash",
            run: () => act(operations["media.remove"]({ mediaId: media.id })),
          },
        ]}
      >
        <IconButton icon="more" label={label} />
      </ActMenu>
      {isRelinking ? <RelinkDialog media={media} onClose={() => setRelinking(false)} /> : null}
    </>
  );
}

type ThumbnailProps = { readonly media: Media; readonly previews: Previews | undefined };

/** The first picture of the strip, cut out by moving the strip behind a window. */
function Thumbnail({ media, previews }: ThumbnailProps) {
  const strip = previews?.thumbnails;
  const { url, layout } = strip ?? {};
  if (!url || !layout)
    return (
      <span className="media-row__thumb">
        <Icon name={media.facts.video.length > 0 ? "film" : "wave"} />
      </span>
    );
  return (
    <span className="media-row__thumb">
      <svg viewBox={`0 0 ${layout.widthPx} ${layout.heightPx}`} aria-hidden="true">
        <svg width={layout.widthPx} height={layout.heightPx}>
          <image
            href={hostUrl(url)}
            width={layout.widthPx * layout.columns}
            height={layout.heightPx * Math.ceil(layout.count / layout.columns)}
          />
        </svg>
      </svg>
    </span>
  );
}
