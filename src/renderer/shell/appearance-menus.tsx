// Language and light or dark: reachable from every page.
import { useTranslation } from "react-i18next";
import { useOperations } from "../connection/core-context.tsx";
import { interfaceLanguages, languageName } from "../i18n/languages.ts";
import type { InterfaceLanguage } from "../i18n/languages.ts";
import { act } from "../state/notices.ts";
import { chooseLanguage, chooseTheme, useSettings } from "../state/settings.ts";
import { IconButton } from "../ui/button.tsx";
import { ChoiceMenu } from "../ui/choice-menu.tsx";

export function AppearanceMenus() {
  const { t, i18n } = useTranslation();
  const operations = useOperations();
  const theme = useSettings((state) => state.theme);
  return (
    <>
      <ChoiceMenu
        label={t("shell.language")}
        // Each language is named in itself, so that whoever is lost in another finds the way back.
        choices={interfaceLanguages.map((tag) => ({ value: tag, label: languageName(tag, tag), lang: tag }))}
        chosen={i18n.language as InterfaceLanguage}
        onChoose={(language) => act(chooseLanguage(operations, language))}
      >
        <IconButton icon="language" label={t("shell.language")} />
      </ChoiceMenu>
      <ChoiceMenu
        label={t("shell.theme")}
        choices={[
          { value: "dark", label: t("shell.themeDark") },
          { value: "light", label: t("shell.themeLight") },
          { value: "system", label: t("shell.themeSystem") },
        ]}
        chosen={theme}
        onChoose={(chosen) => act(chooseTheme(operations, chosen))}
      >
        <IconButton icon="theme" label={t("shell.theme")} />
      </ChoiceMenu>
    </>
  );
}
