// The first page: what was worked on lately, a new project, a project from disk.
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button as AriaButton } from "react-aria-components";
import type { AnswerOf } from "../../shared/contract/index.ts";
import { useConnectionState, useOperations } from "../connection/core-context.tsx";
import { hostBridge } from "../connection/host-bridge.ts";
import { ModelsButton } from "../models/models-button.tsx";
import { AppearanceMenus } from "../shell/appearance-menus.tsx";
import { act, notify } from "../state/notices.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { CreateDialog } from "./create-dialog.tsx";
import { OpenDialog } from "./open-dialog.tsx";
import "./start-page.css";

type RecentProject = AnswerOf<"project.recent">["projects"][number];

export function StartPage() {
  const { t } = useTranslation();
  const operations = useOperations();
  const [dialog, setDialog] = useState<"create" | "open" | undefined>();
  const open = (folders: readonly string[]) => {
    for (const folder of folders.slice(0, 1)) act(operations["project.open"]({ folder }));
  };
  const chooseProject = () => {
    const bridge = hostBridge();
    if (bridge) bridge.chooseFolder().then(open, notify);
    else setDialog("open");
  };
  return (
    <div className="start">
      <header className="start__bar">
        <ModelsButton />
        <AppearanceMenus />
      </header>
      <main className="start__main">
        <section className="start__welcome">
          <Mark />
          <h1 className="start__name">{t("app.name")}</h1>
          <p className="start__tagline">{t("app.tagline")}</p>
          <div className="start__acts">
            <Button look="primary" size="large" icon="plus" onPress={() => setDialog("create")}>
              {t("start.create")}
            </Button>
            <Button size="large" icon="folder" onPress={chooseProject}>
              {t("start.open")}
            </Button>
          </div>
        </section>
        <RecentProjects />
      </main>
      {dialog === "create" ? <CreateDialog onClose={() => setDialog(undefined)} /> : null}
      {dialog === "open" ? <OpenDialog onClose={() => setDialog(undefined)} /> : null}
    </div>
  );
}

function Mark() {
  return (
    <svg className="start__mark" viewBox="0 0 48 48" aria-hidden="true">
      <path d="M7 24h4M16 16v16M24 9v30M32 16v16M37 24h4" />
    </svg>
  );
}

function RecentProjects() {
  const { t } = useTranslation();
  const operations = useOperations();
  const connectionState = useConnectionState((state) => state.state);
  const [projects, setProjects] = useState<readonly RecentProject[] | undefined>();
  useEffect(() => {
    if (connectionState !== "open") return;
    operations["project.recent"]({}).then((answer) => setProjects(answer.projects), notify);
  }, [operations, connectionState]);
  return (
    <section className="recent" aria-labelledby="recent-title">
      <h2 id="recent-title" className="recent__title">
        {t("start.recent")}
      </h2>
      {projects?.length === 0 ? (
        <div className="recent__none">
          <p>{t("start.noRecent")}</p>
          <p className="recent__hint">{t("start.noRecentHint")}</p>
        </div>
      ) : (
        <ul className="recent__list">
          {projects?.map((project) => (
            <li key={project.folder}>
              <RecentRow project={project} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function RecentRow({ project }: { readonly project: RecentProject }) {
  const { t, i18n } = useTranslation();
  const operations = useOperations();
  const when = new Intl.DateTimeFormat(i18n.language, { dateStyle: "medium", timeStyle: "short" });
  return (
    <AriaButton
      className="recent__row"
      isDisabled={!project.isPresent}
      onPress={() => act(operations["project.open"]({ folder: project.folder }))}
    >
      <Icon name="project" />
      <span className="recent__name">{project.name}</span>
      <span className="recent__when">
        {project.isPresent
          ? t("start.openedAt", { when: when.format(new Date(project.openedAt)) })
          : t("start.missing")}
      </span>
      <span className="recent__folder">{project.folder}</span>
    </AriaButton>
  );
}
