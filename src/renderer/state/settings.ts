// Language and appearance: asked of the core, shown at once, and kept by the core for the next start.
import i18next from "i18next";
import { create } from "zustand";
import type { AnswerOf, Operations } from "../../shared/contract/index.ts";
import type { InterfaceLanguage } from "../i18n/languages.ts";

export type Settings = AnswerOf<"app.settings">;
export type Theme = Settings["theme"];

type SettingsState = {
  readonly theme: Theme;
  /** What "system" means now; what draws by itself redraws when it changes. */
  readonly shownTheme: "dark" | "light";
};

export const useSettings = create<SettingsState>(() => ({ theme: "dark", shownTheme: "dark" }));

const systemIsLight = (): MediaQueryList => window.matchMedia("(prefers-color-scheme: light)");

function showTheme(theme: Theme): void {
  const shownTheme = theme === "system" ? (systemIsLight().matches ? "light" : "dark") : theme;
  document.documentElement.dataset["theme"] = shownTheme;
  useSettings.setState({ theme, shownTheme });
}

async function showLanguage(language: string): Promise<void> {
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

/** Follows the system's appearance where that is the setting. */
export function followSystemTheme(): void {
  systemIsLight().addEventListener("change", () => showTheme(useSettings.getState().theme));
}

export async function readSettings(operations: Operations): Promise<void> {
  const { theme, language } = await operations["app.settings"]({});
  showTheme(theme);
  await showLanguage(language ?? i18next.language);
}

export async function chooseTheme(operations: Operations, theme: Theme): Promise<void> {
  showTheme(theme);
  await operations["app.set"]({ theme });
}

export async function chooseLanguage(operations: Operations, language: InterfaceLanguage): Promise<void> {
  await showLanguage(language);
  await operations["app.set"]({ language });
}
