// Files and folders of the machine the core runs on: places at the left, what is in the folder at the right.
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button as AriaButton } from "react-aria-components";
import type { AnswerOf } from "../../shared/contract/index.ts";
import { useOperations } from "../connection/core-context.tsx";
import { notify } from "../state/notices.ts";
import { IconButton } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { FolderContents } from "./folder-contents.tsx";
import "./folder-browser.css";

export type Folder = AnswerOf<"app.browse">;
export type FolderEntry = Folder["entries"][number];

export type FolderBrowserProps = {
  readonly label: string;
  readonly shows: readonly FolderEntry["kind"][];
  readonly selection: "none" | "single" | "multiple";
  readonly onChoose: (paths: readonly string[]) => void;
  /** A double click or Enter on one that can be chosen. */
  readonly onConfirm?: (path: string) => void;
  readonly onFolder?: (folder: string) => void;
};

// Where the last dialog was: the next one opens there.
let lastFolder: string | undefined;

export function FolderBrowser({ label, shows, selection, onChoose, onConfirm, onFolder }: FolderBrowserProps) {
  const { t } = useTranslation();
  const { folder, go } = useFolder(onFolder, onChoose);
  if (!folder) return <div className="browser browser--waiting">{t("common.loading")}</div>;
  const { parent } = folder;
  return (
    <section className="browser" aria-label={label}>
      <nav className="browser__places" aria-label={t("browser.places")}>
        {folder.places.map((place) => (
          <AriaButton
            key={place.path}
            className={`browser__place${place.path === folder.folder ? " browser__place--here" : ""}`}
            onPress={() => go(place.path)}
          >
            <Icon name="folder" />
            <span>{place.name === "Home" ? t("browser.home") : place.name}</span>
          </AriaButton>
        ))}
      </nav>
      <div className="browser__main">
        <div className="browser__path">
          <IconButton
            icon="up"
            label={t("browser.up")}
            isDisabled={parent === null}
            onPress={() => (parent === null ? undefined : go(parent))}
          />
          <PathField key={folder.folder} folder={folder.folder} onGo={go} />
        </div>
        <FolderContents
          key={folder.folder}
          entries={folder.entries.filter((entry) => shows.includes(entry.kind))}
          selection={selection}
          onOpenFolder={go}
          onChoose={onChoose}
          {...(onConfirm ? { onConfirm } : {})}
        />
      </div>
    </section>
  );
}

function useFolder(onFolder: FolderBrowserProps["onFolder"], onChoose: FolderBrowserProps["onChoose"]) {
  const operations = useOperations();
  const [folder, setFolder] = useState<Folder | undefined>();
  const go = (path: string | undefined) => {
    operations["app.browse"](path === undefined ? {} : { folder: path }).then((found) => {
      lastFolder = found.folder;
      setFolder(found);
      onChoose([]);
      onFolder?.(found.folder);
    }, notify);
  };
  // Only the first folder is asked for by itself; every later one by a person.
  useEffect(() => go(lastFolder), []);
  return { folder, go };
}

type PathFieldProps = { readonly folder: string; readonly onGo: (folder: string) => void };

function PathField({ folder, onGo }: PathFieldProps) {
  const { t } = useTranslation();
  const [text, setText] = useState(folder);
  return (
    <input
      className="field__input"
      aria-label={t("browser.path")}
      value={text}
      spellCheck={false}
      onChange={(event) => setText(event.target.value)}
      onKeyDown={(event) => {
        if (event.key === "Enter") onGo(text);
      }}
    />
  );
}
