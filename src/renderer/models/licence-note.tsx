// A licence as it must be shown before it is accepted: its gist, what it forbids, and where it stands in full.
import { useTranslation } from "react-i18next";
import { licenceText } from "./describe-model.ts";
import type { Licence } from "./use-models.ts";

export function LicenceNote({ licence }: { readonly licence: Licence }) {
  const { t } = useTranslation();
  const { summary, restrictions } = licenceText(licence, t);
  return (
    <section className="licence" aria-label={licence.title}>
      <h3 className="licence__title">{t("models.licence", { licence: licence.title })}</h3>
      <p>{summary}</p>
      {restrictions.length === 0 ? null : (
        <>
          <p className="licence__forbids">{t("models.forbids")}</p>
          <ul className="licence__list">
            {restrictions.map((restriction) => (
              <li key={restriction}>{restriction}</li>
            ))}
          </ul>
        </>
      )}
      <a className="licence__link selectable" href={licence.url} target="_blank" rel="noreferrer">
        {licence.url}
      </a>
    </section>
  );
}
