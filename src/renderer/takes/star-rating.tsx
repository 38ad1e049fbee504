// Up to five stars, one of which is chosen with the arrow keys; the first again takes all back.
import { Radio, RadioGroup } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { Icon } from "../ui/icon.tsx";

type StarRatingProps = {
  readonly label: string;
  readonly stars: number;
  readonly onRate: (stars: number) => void;
};

const steps = [0, 1, 2, 3, 4, 5] as const;

export function StarRating({ label, stars, onRate }: StarRatingProps) {
  const { t } = useTranslation();
  return (
    <RadioGroup
      className="stars"
      aria-label={label}
      orientation="horizontal"
      value={String(stars)}
      onChange={(value) => onRate(Number(value))}
    >
      {steps.map((step) => (
        <Radio
          key={step}
          value={String(step)}
          className={`stars__star${step === 0 ? " stars__star--none" : ""}${step > 0 && step <= stars ? " stars__star--on" : ""}`}
          aria-label={t("takes.stars", { count: step })}
        >
          <Icon name={step === 0 ? "close" : step <= stars ? "star-full" : "star"} />
        </Radio>
      ))}
    </RadioGroup>
  );
}
