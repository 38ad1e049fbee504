// The whole window takes files: while they hover it says so, and when they fall they are imported.
import { useEffect, useState } from "react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Operations } from "../../shared/contract/index.ts";
import { useOperations } from "../connection/core-context.tsx";
import { notify } from "../state/notices.ts";
import { Icon } from "../ui/icon.tsx";
import { Progress } from "../ui/progress.tsx";
import { importFiles, notFiles } from "./import-files.ts";
import "./drop-target.css";

type Upload = { readonly name: string; readonly doneRatio: number };

const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;

export function DropTarget({ children }: { readonly children: ReactNode }) {
  const operations = useOperations();
  const [isHovered, setHovered] = useState(false);
  const [upload, setUpload] = useState<Upload | undefined>();

  useEffect(() => {
    const onDrop = (event: DragEvent) => {
      event.preventDefault();
      setHovered(false);
      const files = [...(event.dataTransfer?.files ?? [])];
      void takeFiles(files, operations, setUpload);
    };
    const onDragOver = (event: DragEvent) => {
      // Without this the browser would leave the page for the file.
      event.preventDefault();
      if (hasFiles(event)) setHovered(true);
    };
    // Leaving the window has no related target; leaving one element for the next has.
    const onDragLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) setHovered(false);
    };
    window.addEventListener("drop", onDrop);
    window.addEventListener("dragover", onDragOver);
    window.addEventListener("dragleave", onDragLeave);
    return () => {
      window.removeEventListener("drop", onDrop);
      window.removeEventListener("dragover", onDragOver);
      window.removeEventListener("dragleave", onDragLeave);
    };
  }, [operations]);

  return (
    <>
      {children}
      {isHovered ? <DropCurtain /> : null}
      {upload ? <UploadCard upload={upload} /> : null}
    </>
  );
}

async function takeFiles(
  files: readonly File[],
  operations: Operations,
  onUpload: (upload: Upload | undefined) => void,
): Promise<void> {
  if (files.length === 0) {
    notify(notFiles());
    return;
  }
  const failures = await importFiles(files, operations, (name, doneRatio) => onUpload({ name, doneRatio }));
  onUpload(undefined);
  failures.forEach(notify);
}

function DropCurtain() {
  const { t } = useTranslation();
  return (
    <div className="drop-curtain">
      <div className="drop-curtain__card">
        <Icon name="import" />
        <p className="drop-curtain__title">{t("media.dropHere")}</p>
        <p>{t("media.dropHint")}</p>
      </div>
    </div>
  );
}

function UploadCard({ upload }: { readonly upload: Upload }) {
  const { t } = useTranslation();
  const label = t("media.uploading", { name: upload.name });
  return (
    <div className="upload-card" role="status">
      <p>{label}</p>
      <Progress label={label} doneRatio={upload.doneRatio} />
    </div>
  );
}
