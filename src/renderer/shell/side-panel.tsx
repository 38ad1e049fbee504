// The panel at the right: details of what is selected, and the jobs.
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import { useTranslation } from "react-i18next";
import type { Media } from "../../shared/project/index.ts";
import { useJobCount } from "../connection/core-context.tsx";
import { isActive } from "../connection/job-list.ts";
import { JobsPanel } from "../jobs/jobs-panel.tsx";
import { FactsPanel } from "../media/facts-panel.tsx";
import { setView, useViewStore } from "../state/view-store.ts";
import type { SideTab } from "../state/view-store.ts";
import { InspectorPanel } from "../takes/inspector-panel.tsx";

const sideTabs = ["details", "inspector", "jobs"] as const satisfies readonly SideTab[];

export function SidePanel({ media }: { readonly media: Media | undefined }) {
  const { t } = useTranslation();
  const tab = useViewStore((state) => state.sideTab);
  const activeJobs = useJobCount(isActive);
  return (
    <section className="panel" aria-label={t("shell.details")}>
      <Tabs
        className="tabs"
        selectedKey={tab}
        onSelectionChange={(key) => {
          const chosen = sideTabs.find((each) => each === key);
          if (chosen) setView({ sideTab: chosen });
        }}
      >
        <TabList className="tabs__list" aria-label={t("shell.details")}>
          <Tab id="details" className="tabs__tab">
            {t("shell.details")}
          </Tab>
          <Tab id="inspector" className="tabs__tab">
            {t("takes.inspector")}
          </Tab>
          <Tab id="jobs" className="tabs__tab">
            {t("shell.jobs")}
            {activeJobs > 0 ? <span className="count">{activeJobs}</span> : null}
          </Tab>
        </TabList>
        <TabPanel id="details" className="tabs__panel">
          <FactsPanel media={media} />
        </TabPanel>
        <TabPanel id="inspector" className="tabs__panel">
          <InspectorPanel />
        </TabPanel>
        <TabPanel id="jobs" className="tabs__panel">
          <JobsPanel />
        </TabPanel>
      </Tabs>
    </section>
  );
}
