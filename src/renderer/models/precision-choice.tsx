// How exactly a model's weights are kept, asked before it is fetched or imported.
import { useTranslation } from "react-i18next";
import { Label, Radio, RadioGroup } from "react-aria-components";

export type WeightDtype = "float32" | "float16";

const precisions = [
  { dtype: "float32", label: "models.full", hint: "models.fullHint" },
  { dtype: "float16", label: "models.half", hint: "models.halfHint" },
] as const;

type PrecisionChoiceProps = { readonly dtype: WeightDtype; readonly onChange: (dtype: WeightDtype) => void };

export function PrecisionChoice({ dtype, onChange }: PrecisionChoiceProps) {
  const { t } = useTranslation();
  return (
    <RadioGroup
      className="precision"
      value={dtype}
      onChange={(value) => onChange(value === "float16" ? "float16" : "float32")}
    >
      <Label className="field__label">{t("models.precision")}</Label>
      {precisions.map((each) => (
        <Radio key={each.dtype} value={each.dtype} className="precision__choice">
          <span className="precision__mark" />
          <span className="precision__label">{t(each.label)}</span>
          <span className="precision__hint">{t(each.hint)}</span>
        </Radio>
      ))}
    </RadioGroup>
  );
}
