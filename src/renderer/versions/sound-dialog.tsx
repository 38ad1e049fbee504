// Says anew where a sound begins, what it is, whose, and how loud.
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useOperations, useRecords } from "../connection/core-context.tsx";
import { notify } from "../state/notices.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { NumberInput } from "../ui/number-input.tsx";
import { SelectInput } from "../ui/select-input.tsx";
import { TextInput } from "../ui/text-input.tsx";
import { stemNames, stems } from "./stems.ts";
import type { Stem } from "./stems.ts";
import type { DialogueTrack } from "./use-versions.ts";

const everyone = "everyone";

type SoundDialogProps = { readonly track: DialogueTrack; readonly onClose: () => void };

export function SoundDialog({ track, onClose }: SoundDialogProps) {
  const { t } = useTranslation();
  const operations = useOperations();
  const characters = useRecords("character") ?? [];
  const [startsAt, setStartsAt] = useState(track.startsAt);
  const [stem, setStem] = useState<Stem>(track.stem);
  const [whose, setWhose] = useState<string>(track.characterId ?? everyone);
  const [gainDb, setGainDb] = useState(track.gainDb);
  const { trackId } = track;
  const save = async () => {
    const characterId = stem === "dialogue" ? (characters.find(({ id }) => id === whose)?.id ?? null) : null;
    const isOther = stem !== track.stem || characterId !== track.characterId || gainDb !== track.gainDb;
    if (startsAt.trim() !== track.startsAt) await operations["dialogue.offset"]({ trackId, at: startsAt.trim() });
    if (isOther) await operations["dialogue.change"]({ trackId, stem, characterId, gainDb });
  };
  const submit = () => {
    save().then(onClose, notify);
  };
  return (
    <Dialog
      title={track.name}
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button look="primary" onPress={submit}>
            {t("versions.apply")}
          </Button>
        </>
      }
    >
      <TextInput
        label={t("versions.startsAt")}
        value={startsAt}
        onChange={setStartsAt}
        hint={t("versions.startsAtHint")}
        focusFirst="yes"
        onSubmit={submit}
      />
      <SelectInput
        label={t("versions.stem")}
        choices={stems.map((value) => ({ value, label: t(stemNames[value]) }))}
        chosen={stem}
        onChoose={setStem}
      />
      {stem === "dialogue" ? (
        <SelectInput
          label={t("versions.whose")}
          choices={[
            { value: everyone, label: t("versions.everyone") },
            ...characters.map(({ id, name }) => ({ value: String(id), label: name })),
          ]}
          chosen={whose}
          onChoose={setWhose}
        />
      ) : null}
      <NumberInput label={t("versions.gain")} value={gainDb} onChange={setGainDb} least={-96} most={24} step={0.5} />
    </Dialog>
  );
}
