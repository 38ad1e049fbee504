// One sound under a reel: whose it is, where it starts, and the ways to slip it under the fixed picture.
import { useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { useOperations, useRecords } from "../connection/core-context.tsx";
import { act } from "../state/notices.ts";
import { IconButton } from "../ui/button.tsx";
import { ActMenu } from "../ui/choice-menu.tsx";
import { Icon } from "../ui/icon.tsx";
import { SoundDialog } from "./sound-dialog.tsx";
import { stemNames } from "./stems.ts";
import type { DialogueTrack } from "./use-versions.ts";

const warningTexts = {
  "shorter-than-reel": "versions.shorterThanReel",
  "longer-than-reel": "versions.longerThanReel",
  "starts-before-reel": "versions.startsBeforeReel",
  "beside-reel": "versions.besideReel",
  "low-sample-rate": "versions.lowSampleRate",
} as const satisfies Record<DialogueTrack["warnings"][number]["code"], string>;

export function TrackRow({ track }: { readonly track: DialogueTrack }) {
  const { t } = useTranslation();
  const operations = useOperations();
  const [isChanging, setChanging] = useState(false);
  const characters = useRecords("character");
  const reels = useRecords("reel");
  const whose = characters?.find(({ id }) => id === track.characterId)?.name;
  const reel = reels && reels.length > 1 ? reels.find(({ id }) => id === track.reelId)?.name : undefined;
  const label = t("versions.trackActions", { name: track.name });
  const slip = (slipFrames: number) => act(operations["dialogue.offset"]({ trackId: track.trackId, slipFrames }));
  return (
    <li className="track">
      <Icon name="wave" />
      <div className="track__words">
        <span className="track__name">{track.name}</span>
        <span className="track__line">
          {[
            t(stemNames[track.stem]),
            ...(track.stem === "dialogue" ? [whose ?? t("versions.everyone")] : []),
            ...(reel === undefined ? [] : [reel]),
            ...(track.gainDb === 0 ? [] : [`${track.gainDb > 0 ? "+" : ""}${track.gainDb} dB`]),
          ].join(" · ")}
        </span>
        <span className="track__slip" role="group" aria-label={t("versions.startOf", { name: track.name })}>
          <IconButton icon="step-back" label={t("versions.earlier")} onPress={() => slip(-1)} />
          <AriaButton className="track__start" onPress={() => setChanging(true)}>
            {track.startsAt}
          </AriaButton>
          <IconButton icon="step-forward" label={t("versions.later")} onPress={() => slip(1)} />
        </span>
        {track.warnings.map(({ code }) => (
          <span key={code} className="track__warning">
            <Icon name="warning" />
            {t(warningTexts[code])}
          </span>
        ))}
      </div>
      <ActMenu
        label={label}
        acts={[
          { id: "change", label: t("versions.changeSound"), run: () => setChanging(true) },
          {
            id: "recorded",
            label: t("versions.startAsRecorded"),
            icon: "clock",
            run: () => act(operations["dialogue.offset"]({ trackId: track.trackId, at: "file" })),
          },
          {
            id: "remove",
            label: t("versions.removeSound"),
            icon: "trash",
            run: () => act(operations["dialogue.remove"]({ trackId: track.trackId })),
          },
        ]}
      >
        <IconButton icon="more" label={label} />
      </ActMenu>
      {isChanging ? <SoundDialog track={track} onClose={() => setChanging(false)} /> : null}
    </li>
  );
}
