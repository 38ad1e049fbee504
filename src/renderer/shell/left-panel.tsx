// The panel at the left, in the order of the work: media, who is seen, language versions, segments.
import type { ReactNode } from "react";
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { CharactersPanel } from "../characters/characters-panel.tsx";
import { MediaPanel } from "../media/media-panel.tsx";
import { SegmentsPanel } from "../segments/segments-panel.tsx";
import { setView, useViewStore } from "../state/view-store.ts";
import type { LeftTab } from "../state/view-store.ts";
import { VersionsPanel } from "../versions/versions-panel.tsx";

const tabs = [
  { id: "media", label: "media.title", Panel: MediaPanel },
  { id: "characters", label: "characters.title", Panel: CharactersPanel },
  { id: "versions", label: "versions.title", Panel: VersionsPanel },
  { id: "segments", label: "segments.title", Panel: SegmentsPanel },
] as const satisfies readonly { id: LeftTab; label: string; Panel: () => ReactNode }[];

export function LeftPanel() {
  const { t } = useTranslation();
  const shown = useViewStore((state) => state.leftTab);
  return (
    <Tabs
      className="tabs tabs--left"
      selectedKey={shown}
      onSelectionChange={(key) => {
        const tab = tabs.find(({ id }) => id === key);
        if (tab) setView({ leftTab: tab.id });
      }}
    >
      <TabList className="tabs__list" aria-label={t("shell.lists")}>
        {tabs.map(({ id, label }) => (
          <Tab key={id} id={id} className="tabs__tab">
            {t(label)}
          </Tab>
        ))}
      </TabList>
      {tabs.map(({ id, Panel }) => (
        <TabPanel key={id} id={id} className="tabs__panel">
          <Panel />
        </TabPanel>
      ))}
    </Tabs>
  );
}
