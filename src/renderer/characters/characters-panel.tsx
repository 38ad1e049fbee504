// Who is seen: characters with their best faces, and faces that belong to nobody yet.
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Character, FaceTrack } from "../../shared/project/index.ts";
import { useOperations, useRecords } from "../connection/core-context.tsx";
import { act } from "../state/notices.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { ActMenu } from "../ui/choice-menu.tsx";
import { Icon } from "../ui/icon.tsx";
import { bestFirst } from "./best-faces.ts";
import { CharacterDialog } from "./character-dialog.tsx";
import { FaceStill } from "./face-still.tsx";
import { UnassignedFaces } from "./unassigned-faces.tsx";
import "./characters.css";

export function CharactersPanel() {
  const { t } = useTranslation();
  const characters = useRecords("character") ?? [];
  const tracks = useRecords("face-track") ?? [];
  const [isAdding, setAdding] = useState(false);
  const unassigned = tracks.filter(({ characterId }) => characterId === null);
  return (
    <section className="panel characters" aria-label={t("characters.title")}>
      <header className="panel__head">
        <p className="panel__summary">{t("characters.count", { count: characters.length })}</p>
        <Button icon="plus" onPress={() => setAdding(true)}>
          {t("characters.add")}
        </Button>
      </header>
      {characters.length + tracks.length === 0 ? (
        <div className="panel__empty">
          <Icon name="face" />
          <p className="panel__empty-title">{t("characters.empty")}</p>
          <p>{t("characters.emptyHint")}</p>
        </div>
      ) : (
        <>
          {characters.length === 0 ? null : (
            <ul className="characters__list" aria-label={t("characters.list")}>
              {characters.map((character) => (
                <CharacterRow
                  key={character.id}
                  character={character}
                  tracks={tracks.filter(({ characterId }) => characterId === character.id)}
                />
              ))}
            </ul>
          )}
          {unassigned.length > 0 ? <UnassignedFaces tracks={bestFirst(unassigned)} /> : null}
        </>
      )}
      {isAdding ? <CharacterDialog character={undefined} trackIds={[]} onClose={() => setAdding(false)} /> : null}
    </section>
  );
}

type CharacterRowProps = { readonly character: Character; readonly tracks: readonly FaceTrack[] };

const shownFaces = 4;

function CharacterRow({ character, tracks }: CharacterRowProps) {
  const { t } = useTranslation();
  const operations = useOperations();
  const [isRenaming, setRenaming] = useState(false);
  const segments = useRecords("segment")?.filter(({ characterId }) => characterId === character.id).length ?? 0;
  const { id: characterId, name, hueDegrees } = character;
  const label = t("characters.actions", { name });
  const trackIds = tracks.map(({ id }) => id);
  return (
    <li className="character">
      <span className="character__hue" style={{ background: `hsl(${hueDegrees} 65% 55%)` }} />
      <div className="character__words">
        <span className="character__name">{name}</span>
        <span className="character__line">
          {[t("characters.tracks", { count: tracks.length }), t("versions.segments", { count: segments })].join(" · ")}
        </span>
        {tracks.length === 0 ? null : (
          <span className="character__faces">
            {bestFirst(tracks)
              .slice(0, shownFaces)
              .map((track) => (
                <FaceStill key={track.id} track={track} />
              ))}
          </span>
        )}
      </div>
      <ActMenu
        label={label}
        acts={[
          { id: "rename", label: t("versions.rename"), run: () => setRenaming(true) },
          ...(trackIds.length === 0
            ? []
            : [
                {
                  id: "release",
                  label: t("characters.release"),
                  run: () => act(operations["faces.assign"]({ characterId: null, trackIds })),
                },
              ]),
          {
            id: "remove",
            label: t("characters.remove"),
            icon: "trash",
            run: () => act(operations["characters.remove"]({ characterId })),
          },
        ]}
      >
        <IconButton icon="more" label={label} />
      </ActMenu>
      {isRenaming ? <CharacterDialog character={character} trackIds={[]} onClose={() => setRenaming(false)} /> : null}
    </li>
  );
}
