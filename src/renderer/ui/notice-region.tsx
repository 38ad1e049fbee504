// Where failures are shown and read aloud: what happened, what to do, and every detail to copy.
import { useState } from "react";
import { createPortal } from "react-dom";
import { useTranslation } from "react-i18next";
import { dismissNotice, useNotices } from "../state/notices.ts";
import type { Notice } from "../state/notices.ts";
import { Button } from "./button.tsx";
import { failureDetail, failureText } from "./failure-text.ts";
import { Icon } from "./icon.tsx";

export function NoticeRegion() {
  const notices = useNotices((state) => state.notices);
  // In the top layer: a failure that happens while a dialog is open is read and dismissed over it.
  return createPortal(
    <div className="notices" role="alert" data-react-aria-top-layer="true">
      {notices.map((notice) => (
        <NoticeCard key={notice.noticeId} notice={notice} />
      ))}
    </div>,
    document.body,
  );
}

function NoticeCard({ notice: { noticeId, failure, subject } }: { readonly notice: Notice }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const { title, text } = failureText(failure, t);
  return (
    <section className={`notice notice--${failure.kind}`}>
      <Icon name={failure.kind === "refused" ? "warning" : "failed"} />
      <h2 className="notice__title">{subject === undefined ? title : t("failure.of", { subject, title })}</h2>
      <p className="notice__text selectable">{text}</p>
      {isOpen ? <pre className="notice__detail selectable">{failureDetail(failure)}</pre> : null}
      <div className="notice__acts">
        <Button onPress={() => dismissNotice(noticeId)}>{t("common.dismiss")}</Button>
        {isOpen ? <CopyButton text={failureDetail(failure)} label={t("common.copyDetail")} /> : null}
        {isOpen ? null : (
          <Button look="quiet" onPress={() => setOpen(true)}>
            {t("failure.showDetail")}
          </Button>
        )}
      </div>
    </section>
  );
}

export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const { t } = useTranslation();
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <Button look="quiet" icon={isCopied ? "check" : "copy"} onPress={() => void copy()}>
      {isCopied ? t("common.copied") : label}
    </Button>
  );
}
