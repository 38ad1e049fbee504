// Chooses files and says what they are: which reel they lie under, dialogue or M&E, whose.
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { RecordId } from "../../shared/project/index.ts";
import { useOperations, useRecords } from "../connection/core-context.tsx";
import { fileNameOf } from "../media/format.ts";
import { notify } from "../state/notices.ts";
import { FolderBrowser } from "../start/folder-browser.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { SelectInput } from "../ui/select-input.tsx";
import { stemNames, stems } from "./stems.ts";
import type { Stem } from "./stems.ts";
import { whoseFile } from "./whose-file.ts";

const byName = "by-name";
const everyone = "everyone";

type AddDialogueDialogProps = {
  readonly versionId: RecordId<"version">;
  /** Chosen already by the system's own dialog; empty in a browser. */
  readonly chosenPaths: readonly string[];
  readonly onClose: () => void;
};

export function AddDialogueDialog({ versionId, chosenPaths, onClose }: AddDialogueDialogProps) {
  const { t } = useTranslation();
  const operations = useOperations();
  const characters = useRecords("character") ?? [];
  const reels = useRecords("reel") ?? [];
  const [paths, setPaths] = useState(chosenPaths);
  // A long file takes a while to be read.
  const [isAdding, setAdding] = useState(false);
  const [stem, setStem] = useState<Stem>("dialogue");
  const [whose, setWhose] = useState<string>(byName);
  const [reelId, setReelId] = useState<string>(reels[0]?.id ?? "");
  const ownerOf = (path: string) =>
    whose === byName ? whoseFile(fileNameOf(path), characters) : characters.find(({ id }) => id === whose);
  /** One after the other: each is an edit of its own that undo takes back. */
  const addAll = async () => {
    const reel = reels.find(({ id }) => id === reelId) ?? reels[0];
    for (const path of paths)
      await operations["dialogue.add"]({
        versionId,
        path,
        stem,
        characterId: stem === "dialogue" ? (ownerOf(path)?.id ?? null) : null,
        ...(reel ? { reelId: reel.id } : {}),
      });
  };
  return (
    <Dialog
      title={t("versions.addDialogueTitle")}
      size="large"
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button
            look="primary"
            isDisabled={paths.length === 0 || isAdding}
            onPress={() => {
              setAdding(true);
              addAll()
                .then(onClose, notify)
                .finally(() => setAdding(false));
            }}
          >
            {t("versions.addFiles", { count: paths.length })}
          </Button>
        </>
      }
    >
      {chosenPaths.length === 0 ? (
        <FolderBrowser
          label={t("versions.addDialogueTitle")}
          shows={["folder", "media"]}
          selection="multiple"
          onChoose={setPaths}
        />
      ) : (
        <ul className="add-dialogue__files">
          {paths.map((path) => (
            <li key={path}>{fileNameOf(path)}</li>
          ))}
        </ul>
      )}
      <SoundFields stem={stem} onStem={setStem} whose={whose} onWhose={setWhose} reelId={reelId} onReel={setReelId} />
    </Dialog>
  );
}

type SoundFieldsProps = {
  readonly stem: Stem;
  readonly onStem: (stem: Stem) => void;
  readonly whose: string;
  readonly onWhose: (whose: string) => void;
  readonly reelId: string;
  readonly onReel: (reelId: string) => void;
};

/** The same for all files that are added at once. */
function SoundFields({ stem, onStem, whose, onWhose, reelId, onReel }: SoundFieldsProps) {
  const { t } = useTranslation();
  const characters = useRecords("character") ?? [];
  const reels = useRecords("reel") ?? [];
  return (
    <div className="add-dialogue__fields">
      {reels.length > 1 ? (
        <SelectInput
          label={t("versions.reel")}
          choices={reels.map(({ id, name }) => ({ value: String(id), label: name }))}
          chosen={reelId}
          onChoose={onReel}
        />
      ) : null}
      <SelectInput
        label={t("versions.stem")}
        choices={stems.map((value) => ({ value, label: t(stemNames[value]) }))}
        chosen={stem}
        onChoose={onStem}
      />
      {stem === "dialogue" ? (
        <SelectInput
          label={t("versions.whose")}
          choices={[
            { value: byName, label: t("versions.byFileName") },
            { value: everyone, label: t("versions.everyone") },
            ...characters.map(({ id, name }) => ({ value: String(id), label: name })),
          ]}
          chosen={whose}
          onChoose={onWhose}
        />
      ) : null}
    </div>
  );
}
