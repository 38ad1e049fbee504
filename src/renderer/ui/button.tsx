// Buttons: with text, and with an icon alone whose name and key stand in a tooltip.
import type { ReactNode } from "react";
import { Button as AriaButton, Tooltip, TooltipTrigger } from "react-aria-components";
import type { ButtonProps } from "react-aria-components";
import { Icon } from "./icon.tsx";
import type { IconName } from "./icon.tsx";

type Look = "plain" | "primary" | "quiet";

const looks: Readonly<Record<Look, string>> = {
  plain: "button",
  primary: "button button--primary",
  quiet: "button button--quiet",
};

type TextButtonProps = Omit<ButtonProps, "className" | "children"> & {
  readonly look?: Look;
  readonly size?: "usual" | "large";
  readonly icon?: IconName;
  readonly children: ReactNode;
};

export function Button({ look = "plain", size = "usual", icon, children, ...props }: TextButtonProps) {
  return (
    <AriaButton {...props} className={`${looks[look]}${size === "large" ? " button--large" : ""}`}>
      {icon ? <Icon name={icon} /> : null}
      {children}
    </AriaButton>
  );
}

type IconButtonProps = Omit<ButtonProps, "className" | "children" | "aria-label"> & {
  readonly icon: IconName;
  /** What it does; read aloud and shown in the tooltip. */
  readonly label: string;
  /** The key that does the same: "Ctrl+Z". */
  readonly shortcut?: string;
};

export function IconButton({ icon, label, shortcut, ...props }: IconButtonProps) {
  return (
    <TooltipTrigger delay={500} closeDelay={0}>
      <AriaButton {...props} className="button button--icon" aria-label={label}>
        <Icon name={icon} />
      </AriaButton>
      <Tooltip className="tooltip" offset={6}>
        {label}
        {shortcut ? <kbd>{shortcut}</kbd> : null}
      </Tooltip>
    </TooltipTrigger>
  );
}
