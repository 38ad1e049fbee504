// A dialog over the window: title, content, and its acts at the foot. Escape and the cross close it.
import type { ReactNode } from "react";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { IconButton } from "./button.tsx";

type DialogProps = {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly foot?: ReactNode;
  readonly size?: keyof typeof sizes;
};

const sizes = {
  usual: "dialog",
  /** For choosing from a list. */
  large: "dialog dialog--large",
  /** For a table. */
  wide: "dialog dialog--large dialog--wide",
  /** For reading. */
  tall: "dialog dialog--tall",
} as const;

export function Dialog({ title, onClose, children, foot, size = "usual" }: DialogProps) {
  const { t } = useTranslation();
  return (
    <ModalOverlay className="scrim" isOpen isDismissable onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}>
      <Modal className={sizes[size]}>
        <AriaDialog className="dialog__content">
          <header className="dialog__head">
            <Heading slot="title" level={2} className="dialog__title">
              {title}
            </Heading>
            <IconButton icon="close" label={t("common.close")} onPress={onClose} />
          </header>
          <div className="dialog__body">{children}</div>
          {foot ? <footer className="dialog__foot">{foot}</footer> : null}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
