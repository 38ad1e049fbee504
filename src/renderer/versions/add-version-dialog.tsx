// Adds a language version: the language by name or tag, and a name where there are two of one language.
import { useState } from "react";
import { Button as AriaButton, ComboBox, Input, Label, ListBox, ListBoxItem, Popover } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { useOperations } from "../connection/core-context.tsx";
import { notify } from "../state/notices.ts";
import { setView } from "../state/view-store.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Icon } from "../ui/icon.tsx";
import { TextInput } from "../ui/text-input.tsx";
import { languageChoices, languageMeant } from "./language-choice.ts";

export function AddVersionDialog({ onClose }: { readonly onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const operations = useOperations();
  const [text, setText] = useState("");
  const [name, setName] = useState("");
  const language = languageMeant(text, i18n.language);
  const add = () => {
    if (language === undefined) return;
    const named = name.trim() === "" ? {} : { name: name.trim() };
    operations["versions.add"]({ language, ...named }).then(({ versionId }) => {
      setView({ chosenVersionId: versionId });
      onClose();
    }, notify);
  };
  return (
    <Dialog
      title={t("versions.addTitle")}
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button look="primary" isDisabled={language === undefined} onPress={add}>
            {t("versions.addAction")}
          </Button>
        </>
      }
    >
      <ComboBox
        className="field"
        allowsCustomValue
        inputValue={text}
        onInputChange={setText}
        autoFocus
        menuTrigger="focus"
      >
        <Label className="field__label">{t("versions.language")}</Label>
        <div className="combo">
          <Input className="field__input" placeholder={t("versions.languagePlaceholder")} />
          <AriaButton className="combo__open" aria-label={t("versions.showLanguages")}>
            <Icon name="chevron" />
          </AriaButton>
        </div>
        <Popover className="select__popover" offset={4}>
          <section aria-label={t("versions.languages")}>
            <ListBox className="menu">
              {languageChoices(i18n.language).map((choice) => (
                <ListBoxItem key={choice.tag} id={choice.tag} className="menu__item" textValue={choice.name}>
                  {choice.name}
                </ListBoxItem>
              ))}
            </ListBox>
          </section>
        </Popover>
      </ComboBox>
      <TextInput
        label={t("versions.name")}
        value={name}
        onChange={setName}
        hint={t("versions.nameHint")}
        maxLength={200}
        onSubmit={add}
      />
    </Dialog>
  );
}
