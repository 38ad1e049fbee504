// Everything the probe found in the selected file, in groups, with what is worth knowing first.
import { useTranslation } from "react-i18next";
import type { Media } from "../../shared/project/index.ts";
import { Icon } from "../ui/icon.tsx";
import { describeMedia } from "./describe-facts.ts";
import { describeWarning, noteworthy } from "./describe-warning.ts";
import { fileNameOf } from "./format.ts";
import "./facts-panel.css";

export function FactsPanel({ media }: { readonly media: Media | undefined }) {
  const { t, i18n } = useTranslation();
  if (!media)
    return (
      <div className="panel__empty">
        <p>{t("media.nothingSelected")}</p>
      </div>
    );
  return (
    <div className="facts">
      <h2 className="facts__name selectable">{fileNameOf(media.path)}</h2>
      <Notices media={media} />
      {describeMedia(media, { t, language: i18n.language }).map((group) => (
        <section key={group.title} className="facts__group" aria-label={group.title}>
          <h3 className="facts__title">{group.title}</h3>
          <dl className="facts__rows selectable">
            {group.rows.map((row) => (
              <div key={row.label} className="facts__row">
                <dt>{row.label}</dt>
                <dd>{row.value}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}

function Notices({ media }: { readonly media: Media }) {
  const { t } = useTranslation();
  const warnings = noteworthy(media.facts);
  if (warnings.length === 0) return null;
  return (
    <section className="facts__notices" aria-label={t("facts.notices")}>
      <h3 className="facts__title">{t("facts.notices")}</h3>
      <ul>
        {warnings.map((warning) => (
          <li key={`${warning.code} ${JSON.stringify(warning.details)}`} className="facts__notice">
            <Icon name="warning" />
            <span>{describeWarning(warning, t)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
