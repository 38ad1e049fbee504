// Names a character: a new one, which takes the chosen faces at once, or one that is there.
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Character, RecordId } from "../../shared/project/index.ts";
import { useOperations } from "../connection/core-context.tsx";
import { notify } from "../state/notices.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { TextInput } from "../ui/text-input.tsx";

type CharacterDialogProps = {
  /** Undefined for a new one. */
  readonly character: Character | undefined;
  readonly trackIds: readonly RecordId<"face-track">[];
  readonly onClose: () => void;
};

export function CharacterDialog({ character, trackIds, onClose }: CharacterDialogProps) {
  const { t } = useTranslation();
  const operations = useOperations();
  const [text, setText] = useState<string>(character?.name ?? "");
  const name = text.trim();
  const save = async () => {
    if (character) {
      await operations["characters.rename"]({ characterId: character.id, name });
      return;
    }
    const { characterId } = await operations["characters.add"]({ name });
    if (trackIds.length > 0) await operations["faces.assign"]({ characterId, trackIds: [...trackIds] });
  };
  const submit = () => {
    if (name !== "") save().then(onClose, notify);
  };
  return (
    <Dialog
      title={character ? t("characters.renameTitle") : t("characters.addTitle")}
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button look="primary" isDisabled={name === ""} onPress={submit}>
            {character ? t("shell.renameAction") : t("characters.addAction")}
          </Button>
        </>
      }
    >
      <TextInput
        label={t("versions.name")}
        value={text}
        onChange={setText}
        placeholder={t("characters.namePlaceholder")}
        maxLength={200}
        focusFirst="yes"
        onSubmit={submit}
      />
    </Dialog>
  );
}
