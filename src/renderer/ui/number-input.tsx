// A number to type or to step with the arrow keys, within limits.
import { Button as AriaButton, Group, Input, Label, NumberField } from "react-aria-components";
import { Icon } from "./icon.tsx";

type NumberInputProps = {
  readonly label: string;
  readonly value: number;
  readonly onChange: (value: number) => void;
  readonly least: number;
  readonly most: number;
  readonly step?: number;
  readonly place?: "above" | "beside";
};

export function NumberInput(props: NumberInputProps) {
  const { label, value, onChange, least, most, step = 1, place = "above" } = props;
  return (
    <NumberField
      className={place === "above" ? "field" : "field field--beside"}
      value={value}
      minValue={least}
      maxValue={most}
      step={step}
      formatOptions={{ useGrouping: false, maximumFractionDigits: step < 1 ? 2 : 0 }}
      onChange={(next) => {
        if (Number.isFinite(next)) onChange(next);
      }}
    >
      <Label className="field__label">{label}</Label>
      <Group className="number">
        <Input className="field__input number__input" />
        <AriaButton slot="decrement" className="number__step">
          <Icon name="minus" />
        </AriaButton>
        <AriaButton slot="increment" className="number__step">
          <Icon name="plus" />
        </AriaButton>
      </Group>
    </NumberField>
  );
}
