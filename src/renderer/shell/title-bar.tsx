// The bar over the window: project and its saved state, undo and redo with their names, jobs, language, appearance.
import { useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { useConnectionState, useJobCount, useOperations } from "../connection/core-context.tsx";
import { isActive } from "../connection/job-list.ts";
import type { ProjectInfo } from "../connection/mirror.ts";
import { ModelsButton } from "../models/models-button.tsx";
import { act } from "../state/notices.ts";
import { setView } from "../state/view-store.ts";
import { ActMenu } from "../ui/choice-menu.tsx";
import { Icon } from "../ui/icon.tsx";
import { AppearanceMenus } from "./appearance-menus.tsx";
import { HistoryButtons } from "./history-buttons.tsx";
import { RenameDialog } from "./rename-dialog.tsx";

export function TitleBar({ project }: { readonly project: ProjectInfo }) {
  return (
    <header className="title-bar">
      <div className="title-bar__side">
        <ProjectMenu project={project} />
        <SavedState />
      </div>
      <HistoryButtons />
      <div className="title-bar__side title-bar__side--end">
        <JobsToDo />
        <ModelsButton />
        <AppearanceMenus />
      </div>
    </header>
  );
}

function ProjectMenu({ project }: { readonly project: ProjectInfo }) {
  const { t } = useTranslation();
  const operations = useOperations();
  const [isRenaming, setRenaming] = useState(false);
  return (
    <>
      <ActMenu
        label={t("shell.projectMenu")}
        acts={[
          { id: "rename", label: t("shell.rename"), run: () => setRenaming(true) },
          { id: "close", label: t("shell.closeProject"), run: () => act(operations["project.close"]({})) },
        ]}
      >
        <h1 className="title-bar__heading">
          <AriaButton className="title-bar__project">
            <svg className="title-bar__mark" viewBox="0 0 24 24" aria-hidden="true">
              <path d="M3 12h2.4M8 8v8M12 4.5v15M16 8v8M18.6 12H21" />
            </svg>
            <span className="title-bar__name">{project.name}</span>
            <Icon name="chevron" />
          </AriaButton>
        </h1>
      </ActMenu>
      {isRenaming ? <RenameDialog projectName={project.name} onClose={() => setRenaming(false)} /> : null}
    </>
  );
}

/** Each edit is on disk when it is acknowledged, so that there is nothing to save by hand. */
function SavedState() {
  const { t } = useTranslation();
  const isOpen = useConnectionState((state) => state.state === "open");
  const isSaving = useConnectionState((state) => state.editsInFlight > 0);
  if (!isOpen) return <span className="title-bar__saved">{t("connection.connecting")}</span>;
  return (
    <span className="title-bar__saved">
      <Icon name={isSaving ? "clock" : "check"} />
      {isSaving ? t("shell.saving") : t("shell.saved")}
    </span>
  );
}

function JobsToDo() {
  const { t } = useTranslation();
  const activeJobs = useJobCount(isActive);
  if (activeJobs === 0) return null;
  return (
    <AriaButton className="title-bar__jobs" onPress={() => setView({ sideTab: "jobs" })}>
      <span className="title-bar__pulse" />
      {t("shell.jobsToDo", { count: activeJobs })}
    </AriaButton>
  );
}
