// What the list shows and in which order: search, state, character, reel.
import { Button as AriaButton, Input, SearchField } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { useRecords } from "../connection/core-context.tsx";
import { ChoiceMenu } from "../ui/choice-menu.tsx";
import type { Choice } from "../ui/choice-menu.tsx";
import { Icon } from "../ui/icon.tsx";
import { anyone, anyReel, nobody } from "./segment-rows.ts";
import type { SegmentQuery } from "./segment-rows.ts";
import { orderChoices, orderLabels, shownChoices, shownLabels } from "./segment-words.ts";

type SegmentFiltersProps = {
  readonly query: SegmentQuery;
  readonly onChange: (change: Partial<SegmentQuery>) => void;
};

export function SegmentFilters({ query, onChange }: SegmentFiltersProps) {
  const { t } = useTranslation();
  const characters = useRecords("character") ?? [];
  const reels = useRecords("reel") ?? [];
  return (
    <div className="segment-filters">
      <SearchField
        className="search"
        aria-label={t("segments.search")}
        value={query.text}
        onChange={(text) => onChange({ text })}
      >
        <Icon name="search" />
        <Input className="field__input search__input" placeholder={t("segments.searchPlaceholder")} />
      </SearchField>
      <div className="segment-filters__row">
        <Filter
          label={t("segments.state")}
          choices={shownChoices.map((value) => ({ value, label: t(shownLabels[value]) }))}
          chosen={query.shown}
          onChoose={(shown) => onChange({ shown })}
        />
        <Filter
          label={t("segments.character")}
          choices={[
            { value: anyone, label: t("segments.anyone") },
            ...characters.map(({ id, name }) => ({ value: String(id), label: name })),
            { value: nobody, label: t("segments.nobody") },
          ]}
          chosen={query.characterId}
          onChoose={(characterId) => onChange({ characterId })}
        />
        {reels.length > 1 ? (
          <Filter
            label={t("segments.reel")}
            choices={[
              { value: anyReel, label: t("segments.anyReel") },
              ...reels.map(({ id, name }) => ({ value: String(id), label: name })),
            ]}
            chosen={query.reelId}
            onChoose={(reelId) => onChange({ reelId })}
          />
        ) : null}
        <Filter
          label={t("segments.order")}
          choices={orderChoices.map((value) => ({ value, label: t(orderLabels[value]) }))}
          chosen={query.order}
          onChoose={(order) => onChange({ order })}
        />
      </div>
    </div>
  );
}

type FilterProps<Value extends string> = {
  readonly label: string;
  readonly choices: readonly Choice<Value>[];
  readonly chosen: Value;
  readonly onChoose: (value: Value) => void;
};

function Filter<Value extends string>({ label, choices, chosen, onChoose }: FilterProps<Value>) {
  const text = choices.find(({ value }) => value === chosen)?.label ?? "";
  return (
    <ChoiceMenu label={label} choices={choices} chosen={chosen} onChoose={onChoose}>
      <AriaButton className="filter" aria-label={`${label}: ${text}`}>
        <span className="filter__text">{text}</span>
        <Icon name="chevron" />
      </AriaButton>
    </ChoiceMenu>
  );
}
