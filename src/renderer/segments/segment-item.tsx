// One segment in the list: where, whose, how far it is.
import { GridListItem } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { Icon } from "../ui/icon.tsx";
import { loopSegment } from "./go-to-segment.ts";
import type { SegmentRow } from "./segment-rows.ts";
import { scoreText, secondsText, stateIcons, stateLabels } from "./segment-words.ts";
import { useGenerating } from "./use-generating.ts";

export function SegmentItem({ row }: { readonly row: SegmentRow }) {
  const { t, i18n } = useTranslation();
  const { segment, character, inTimecode, durationSeconds, selectedTake, takeCount } = row;
  const name = character?.name ?? t("segments.nobody");
  const generating = useGenerating(segment.id);
  const state = t(stateLabels[segment.state]);
  const percent = new Intl.NumberFormat(i18n.language, { style: "percent" });
  const making =
    generating === undefined
      ? undefined
      : [t("segments.generating"), ...(generating.doneRatio === null ? [] : [percent.format(generating.doneRatio)])];
  return (
    <GridListItem
      id={row.id}
      textValue={`${inTimecode} ${name}`}
      className={`segment segment--${segment.state}`}
      onAction={() => loopSegment(row)}
    >
      <span className={`segment__state${making ? " segment__state--busy" : ""}`} title={state}>
        <Icon name={making ? "spark" : stateIcons[segment.state]} />
      </span>
      <span className="segment__words">
        <span className="segment__place">
          <span className="segment__in">{inTimecode}</span>
          <span className="segment__length">{secondsText(durationSeconds, i18n.language)}</span>
        </span>
        <span className="segment__line">
          <span
            className="segment__hue"
            style={{ background: character ? `hsl(${character.hueDegrees} 65% 55%)` : "var(--line-strong)" }}
          />
          <span className="segment__name">{name}</span>
          <span>· {making ? making.join(" ") : state}</span>
          {segment.note === "" ? null : <span className="segment__note">· {segment.note}</span>}
        </span>
      </span>
      <span className="segment__take">
        {selectedTake ? (
          <>
            <span className="segment__score">
              {selectedTake.syncConfidence === null ? "–" : scoreText(selectedTake.syncConfidence, i18n.language)}
            </span>
            <span>{t("segments.takeOf", { take: selectedTake.takeNumber, takes: takeCount })}</span>
          </>
        ) : (
          <span>{takeCount === 0 ? t("segments.noTake") : t("segments.takes", { count: takeCount })}</span>
        )}
      </span>
    </GridListItem>
  );
}
