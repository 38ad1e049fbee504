// Faces that belong to nobody yet: chosen one by one or many at once, then given to a character.
import { useState } from "react";
import { Button as AriaButton, GridList, GridListItem } from "react-aria-components";
import { useTranslation } from "react-i18next";
import type { FaceTrack, RecordId } from "../../shared/project/index.ts";
import { timecodeBaseOf } from "../../shared/project/index.ts";
import { formatTimecode } from "../../shared/time/index.ts";
import { useOperations, useRecords } from "../connection/core-context.tsx";
import { act } from "../state/notices.ts";
import { ActMenu } from "../ui/choice-menu.tsx";
import { Icon } from "../ui/icon.tsx";
import { CharacterDialog } from "./character-dialog.tsx";
import { FaceStill } from "./face-still.tsx";

/** As many as are looked at in one go; those that are given away make room for the next. */
const shownAtOnce = 60;

export function UnassignedFaces({ tracks }: { readonly tracks: readonly FaceTrack[] }) {
  const { t } = useTranslation();
  const reels = useRecords("reel") ?? [];
  const [chosen, setChosen] = useState<readonly RecordId<"face-track">[]>([]);
  const trackIds = tracks.map(({ id }) => id).filter((id) => chosen.includes(id));
  const placeOf = ({ reelId, startFrame }: FaceTrack) => {
    const reel = reels.find(({ id }) => id === reelId);
    return reel ? formatTimecode(startFrame, timecodeBaseOf(reel)) : "";
  };
  return (
    <section className="unassigned" aria-label={t("characters.unassigned")}>
      <header className="unassigned__head">
        <h2 className="unassigned__title">{t("characters.unassigned")}</h2>
        <AssignMenu trackIds={trackIds} />
      </header>
      <GridList
        className="unassigned__grid"
        layout="grid"
        aria-label={t("characters.unassignedList")}
        items={tracks.slice(0, shownAtOnce).map((track) => ({ id: track.id, track, place: placeOf(track) }))}
        selectionMode="multiple"
        selectionBehavior="replace"
        selectedKeys={trackIds}
        onSelectionChange={(keys) =>
          setChosen(
            tracks
              .slice(0, shownAtOnce)
              .map(({ id }) => id)
              .filter((id) => keys === "all" || keys.has(id)),
          )
        }
      >
        {({ track, place }) => (
          <GridListItem id={track.id} textValue={place} className="face-cell">
            <FaceStill track={track} />
            <span className="face-cell__place">{place}</span>
          </GridListItem>
        )}
      </GridList>
      {tracks.length > shownAtOnce ? (
        <p className="unassigned__note">{t("characters.bestShown", { shown: shownAtOnce, all: tracks.length })}</p>
      ) : null}
    </section>
  );
}

function AssignMenu({ trackIds }: { readonly trackIds: readonly RecordId<"face-track">[] }) {
  const { t } = useTranslation();
  const operations = useOperations();
  const characters = useRecords("character") ?? [];
  const [isNaming, setNaming] = useState(false);
  const label = t("characters.assign", { count: trackIds.length });
  return (
    <>
      <ActMenu
        label={label}
        acts={[
          ...characters.map(({ id, name }) => ({
            id,
            label: name,
            run: () => act(operations["faces.assign"]({ characterId: id, trackIds: [...trackIds] })),
          })),
          { id: "new", label: t("characters.assignToNew"), icon: "plus" as const, run: () => setNaming(true) },
        ]}
      >
        <AriaButton className="filter" isDisabled={trackIds.length === 0}>
          <span className="filter__text">{label}</span>
          <Icon name="chevron" />
        </AriaButton>
      </ActMenu>
      {isNaming ? <CharacterDialog character={undefined} trackIds={trackIds} onClose={() => setNaming(false)} /> : null}
    </>
  );
}
