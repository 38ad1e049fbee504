// One stored model that is none of the published ones: fine-tuned, or repacked by somebody.
import { useTranslation } from "react-i18next";
import { formatBytes } from "../media/format.ts";
import { IconButton } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import type { ModelActs } from "./model-row.tsx";
import type { StoredModel } from "./use-models.ts";

type OwnModelRowProps = ModelActs & { readonly model: StoredModel; readonly isBusy: boolean };

export function OwnModelRow({ model, isBusy, onVerify, onRemove }: OwnModelRowProps) {
  const { t, i18n } = useTranslation();
  const { title, contentSha256, sizeBytes, network, trainedForPx } = model;
  const size = formatBytes(sizeBytes, i18n.language);
  return (
    <li className="model model--stored">
      <span className="model__state">
        <Icon name="check" />
      </span>
      <div className="model__text">
        <p className="model__title">{title}</p>
        <p className="model__purpose">{trainedForPx === null ? network : `${network}, ${trainedForPx} px`}</p>
        <p className="model__line model__line--good">
          {t(model.dtype === "float16" ? "models.ready16" : "models.ready32", { size })}
        </p>
      </div>
      <p className="model__facts">{contentSha256.slice(0, 12)}</p>
      <div className="model__acts">
        <IconButton
          icon="verify"
          isDisabled={isBusy}
          label={t("models.verify", { title })}
          onPress={() => onVerify(contentSha256)}
        />
        <IconButton
          icon="trash"
          isDisabled={isBusy}
          label={t("models.remove", { title })}
          onPress={() => onRemove({ model: contentSha256, title, sizeBytes })}
        />
      </div>
    </li>
  );
}
