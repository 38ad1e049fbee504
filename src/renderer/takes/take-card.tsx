// One take: how it was made, how well it does, and what is decided about it.
import { useTranslation } from "react-i18next";
import { settingsOfTake } from "../../shared/project/index.ts";
import type { Take } from "../../shared/project/index.ts";
import { useOperations } from "../connection/core-context.tsx";
import { act } from "../state/notices.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { ActMenu } from "../ui/choice-menu.tsx";
import { Icon } from "../ui/icon.tsx";
import { changedSettings, measuresOf, settingParts } from "./describe-take.ts";
import { setGeneration } from "./generation-choice.ts";
import { NoteField } from "./note-field.tsx";
import { StarRating } from "./star-rating.tsx";

type TakeCardProps = {
  readonly take: Take;
  /** The one made before it: what changed since is marked. */
  readonly before: Take | undefined;
  readonly isSelected: boolean;
};

export function TakeCard({ take, before, isSelected }: TakeCardProps) {
  const { t, i18n } = useTranslation();
  const operations = useOperations();
  const words = { t, language: i18n.language };
  const changed = changedSettings(take, before);
  const takeId = take.id;
  const name = t("takes.name", { number: take.takeNumber });
  return (
    <li
      className={`take${isSelected ? " take--selected" : ""}${take.isRejected ? " take--rejected" : ""}`}
      aria-label={name}
      data-take-number={take.takeNumber}
    >
      <div className="take__head">
        <span className="take__name">{name}</span>
        {isSelected ? (
          <span className="take__badge">
            <Icon name="check" />
            {t("takes.chosen")}
          </span>
        ) : null}
        {take.isRejected ? <span className="take__badge">{t("takes.rejected")}</span> : null}
        <StarRating
          label={t("takes.starsOf", { name })}
          stars={take.stars}
          onRate={(stars) => act(operations["takes.rate"]({ takeId, stars }))}
        />
      </div>
      <p className="take__settings">
        {settingParts(settingsOfTake(take.settings), words).map(({ name: setting, text }) => (
          <span key={setting} className={changed.has(setting) ? "take__setting take__setting--new" : "take__setting"}>
            {text}
          </span>
        ))}
      </p>
      <Measures take={take} />
      <NoteField
        label={t("takes.noteOf", { name })}
        placeholder={t("takes.notePlaceholder")}
        note={take.note}
        onWrite={(note) => act(operations["takes.note"]({ takeId, note }))}
      />
      <TakeActs take={take} name={name} isSelected={isSelected} />
    </li>
  );
}

function Measures({ take }: { readonly take: Take }) {
  const { t, i18n } = useTranslation();
  const measures = measuresOf(take, { t, language: i18n.language });
  if (measures.length === 0) return <p className="take__unmeasured">{t("takes.unmeasured")}</p>;
  return (
    <dl className="take__measures">
      {measures.map(({ label, value }) => (
        <div key={label} className="take__measure">
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

type TakeActsProps = { readonly take: Take; readonly name: string; readonly isSelected: boolean };

function TakeActs({ take, name, isSelected }: TakeActsProps) {
  const { t } = useTranslation();
  const operations = useOperations();
  const takeId = take.id;
  const more = t("takes.actions", { name });
  return (
    <div className="take__acts">
      {isSelected ? (
        <Button onPress={() => act(operations["takes.deselect"]({ segmentId: take.segmentId }))}>
          {t("takes.showSource")}
        </Button>
      ) : (
        <Button icon="check" onPress={() => act(operations["takes.select"]({ takeId }))}>
          {t("takes.choose")}
        </Button>
      )}
      <Button
        look="quiet"
        icon="retry"
        onPress={() => setGeneration({ settings: settingsOfTake(take.settings), seedMode: "fixed" })}
      >
        {t("takes.useSettings")}
      </Button>
      <ActMenu
        label={more}
        acts={[
          {
            id: "score",
            label: t("takes.measure"),
            icon: "verify",
            run: () => act(operations["takes.score"]({ takeIds: [takeId] })),
          },
          {
            id: "reject",
            label: take.isRejected ? t("takes.keep") : t("takes.reject"),
            icon: "close",
            run: () => act(operations["takes.reject"]({ takeId, verdict: take.isRejected ? "kept" : "rejected" })),
          },
          {
            id: "remove",
            label: t("takes.delete"),
            icon: "trash",
            run: () => act(operations["takes.remove"]({ takeIds: [takeId] })),
          },
        ]}
      >
        <IconButton icon="more" label={more} />
      </ActMenu>
    </div>
  );
}
