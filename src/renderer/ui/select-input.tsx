// A field to choose one of a few from, with its label above or beside it.
import { Button as AriaButton, Label, ListBox, ListBoxItem, Popover, Select, SelectValue } from "react-aria-components";
import type { Choice } from "./choice-menu.tsx";
import { Icon } from "./icon.tsx";

type SelectInputProps<Value extends string> = {
  readonly label: string;
  readonly choices: readonly Choice<Value>[];
  readonly chosen: Value;
  readonly onChoose: (value: Value) => void;
  readonly place?: "above" | "beside";
};

export function SelectInput<Value extends string>(props: SelectInputProps<Value>) {
  const { label, choices, chosen, onChoose, place = "above" } = props;
  return (
    <Select
      className={place === "above" ? "field" : "field field--beside"}
      value={chosen}
      onChange={(key) => {
        const next = choices.find(({ value }) => value === key);
        if (next) onChoose(next.value);
      }}
    >
      <Label className="field__label">{label}</Label>
      <AriaButton className="field__input select">
        <SelectValue className="select__value" />
        <Icon name="chevron" />
      </AriaButton>
      <Popover className="select__popover" offset={4}>
        <ListBox className="menu">
          {choices.map(({ value, label: text }) => (
            <ListBoxItem key={value} id={value} className="menu__item" textValue={text}>
              <span className="menu__mark">{value === chosen ? <Icon name="check" /> : null}</span>
              <span>{text}</span>
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </Select>
  );
}
