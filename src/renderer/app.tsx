// The whole page: the start page while no project is open, else the editor; notices over both.
import { useEffect } from "react";
import { I18nProvider } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { CoreProvider, useProject } from "./connection/core-context.tsx";
import type { Core } from "./connection/core-context.tsx";
import { ConnectionBanner } from "./shell/connection-banner.tsx";
import { Editor } from "./shell/editor.tsx";
import { StartPage } from "./start/start-page.tsx";
import { NoticeRegion } from "./ui/notice-region.tsx";

export function App({ core }: { readonly core: Core }) {
  const { i18n } = useTranslation();
  return (
    <I18nProvider locale={i18n.language}>
      <CoreProvider core={core}>
        <Page />
        <ConnectionBanner />
        <NoticeRegion />
      </CoreProvider>
    </I18nProvider>
  );
}

function Page() {
  const { t } = useTranslation();
  const project = useProject();
  const projectName = project?.name;
  useEffect(() => {
    document.title = projectName === undefined ? t("app.name") : `${projectName} – ${t("app.name")}`;
  }, [projectName, t]);
  if (project === undefined)
    return (
      <main className="waiting" aria-busy="true">
        {t("connection.connecting")}
      </main>
    );
  return project === null ? <StartPage /> : <Editor project={project} />;
}
