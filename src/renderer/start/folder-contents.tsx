// The entries of a folder: folders are gone into, projects and media are chosen.
import { GridList, GridListItem } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { formatBytes } from "../media/format.ts";
import { Icon } from "../ui/icon.tsx";
import type { IconName } from "../ui/icon.tsx";
import type { FolderBrowserProps, FolderEntry } from "./folder-browser.tsx";

type FolderContentsProps = Pick<FolderBrowserProps, "selection" | "onChoose" | "onConfirm"> & {
  readonly entries: readonly FolderEntry[];
  readonly onOpenFolder: (path: string) => void;
};

const kinds = {
  folder: { icon: "folder", says: "browser.kindFolder" },
  project: { icon: "project", says: "browser.kindProject" },
  media: { icon: "film", says: "browser.kindMedia" },
  model: { icon: "model", says: "browser.kindModel" },
  other: { icon: "file", says: "browser.kindOther" },
} as const satisfies Record<FolderEntry["kind"], { readonly icon: IconName; readonly says: string }>;

const choosable: ReadonlySet<FolderEntry["kind"]> = new Set(["project", "media", "model"]);

const canBeChosen = (entry: FolderEntry): boolean => choosable.has(entry.kind);

export function FolderContents({ entries, selection, onOpenFolder, onChoose, onConfirm }: FolderContentsProps) {
  const { t } = useTranslation();
  const open = (path: string) => {
    const entry = entries.find((each) => each.path === path);
    if (entry?.kind === "folder") onOpenFolder(path);
    else if (entry && canBeChosen(entry)) onConfirm?.(path);
  };
  return (
    <GridList
      className="browser__list"
      aria-label={t("browser.contents")}
      selectionMode={selection}
      // One click selects, two open, as in every file dialog.
      selectionBehavior="replace"
      disabledBehavior="selection"
      onSelectionChange={(keys) => {
        const chosen = entries.filter((entry) => canBeChosen(entry) && (keys === "all" || keys.has(entry.path)));
        onChoose(chosen.map(({ path }) => path));
      }}
      onAction={(key) => open(String(key))}
      renderEmptyState={() => <p className="browser__empty">{t("browser.emptyFolder")}</p>}
    >
      {entries.map((entry) => (
        <EntryRow key={entry.path} entry={entry} />
      ))}
    </GridList>
  );
}

function EntryRow({ entry }: { readonly entry: FolderEntry }) {
  const { t, i18n } = useTranslation();
  const when = new Intl.DateTimeFormat(i18n.language, { dateStyle: "medium", timeStyle: "short" });
  const { icon, says } = kinds[entry.kind];
  return (
    <GridListItem id={entry.path} textValue={entry.name} className="browser__entry" aria-description={t(says)}>
      <span className={`browser__icon browser__icon--${entry.kind}`}>
        <Icon name={icon} />
      </span>
      <span className="browser__name">{entry.name}</span>
      <span className="browser__size">
        {entry.sizeBytes === null ? "" : formatBytes(entry.sizeBytes, i18n.language)}
      </span>
      <span className="browser__when">{entry.modifiedAt === null ? "" : when.format(new Date(entry.modifiedAt))}</span>
    </GridListItem>
  );
}
