// Menus: a button that opens choices of which one is marked, and one that opens acts.
import type { ReactNode } from "react";
import { Menu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import { Icon } from "./icon.tsx";
import type { IconName } from "./icon.tsx";

export type Choice<Value extends string> = { readonly value: Value; readonly label: string; readonly lang?: string };

type ChoiceMenuProps<Value extends string> = {
  /** The button that opens it. */
  readonly children: ReactNode;
  readonly label: string;
  readonly choices: readonly Choice<Value>[];
  readonly chosen: Value;
  readonly onChoose: (value: Value) => void;
};

export function ChoiceMenu<Value extends string>(props: ChoiceMenuProps<Value>) {
  const { children, label, choices, chosen, onChoose } = props;
  return (
    <MenuTrigger>
      {children}
      <Popover placement="bottom end" offset={4}>
        <Menu
          className="menu"
          aria-label={label}
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[chosen]}
          onSelectionChange={(keys) => {
            const next = choices.find(({ value }) => keys !== "all" && keys.has(value));
            if (next) onChoose(next.value);
          }}
        >
          {choices.map((choice) => (
            <MenuItem key={choice.value} id={choice.value} className="menu__item" textValue={choice.label}>
              <span className="menu__mark">{choice.value === chosen ? <Icon name="check" /> : null}</span>
              <span {...(choice.lang === undefined ? {} : { lang: choice.lang })}>{choice.label}</span>
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

export type Act = { readonly id: string; readonly label: string; readonly icon?: IconName; readonly run: () => void };

type ActMenuProps = { readonly children: ReactNode; readonly label: string; readonly acts: readonly Act[] };

export function ActMenu({ children, label, acts }: ActMenuProps) {
  return (
    <MenuTrigger>
      {children}
      <Popover placement="bottom start" offset={4}>
        <Menu className="menu" aria-label={label} onAction={(id) => acts.find((act) => act.id === id)?.run()}>
          {acts.map((act) => (
            <MenuItem key={act.id} id={act.id} className="menu__item" textValue={act.label}>
              {act.icon ? <Icon name={act.icon} /> : null}
              {act.label}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
