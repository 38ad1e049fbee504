// The foot of the inspector: how long it will take, a draft for a look, and the takes themselves.
import { useTranslation } from "react-i18next";
import { settingsOfQuality } from "../../shared/project/index.ts";
import { useJobs, useOperations, useRecords } from "../connection/core-context.tsx";
import { timeLeft } from "../jobs/describe-job.ts";
import { noteStarted } from "../segments/use-generating.ts";
import type { SegmentRow } from "../segments/segment-rows.ts";
import { act } from "../state/notices.ts";
import { Button } from "../ui/button.tsx";
import { estimateSeconds, paceOf } from "./estimate.ts";
import { callsOf, randomSeed, useGeneration } from "./generation-choice.ts";
import type { GenerationChoice } from "./generation-choice.ts";

export function GenerateBar({ rows }: { readonly rows: readonly SegmentRow[] }) {
  const { t } = useTranslation();
  const choice = useGeneration();
  const generate = useGenerate(rows);
  const hasTakes = rows.some(({ takeCount }) => takeCount > 0);
  const { draft } = settingsOfQuality;
  return (
    <footer className="generate-bar">
      <Estimate rows={rows} choice={choice} />
      <Button
        isDisabled={rows.length === 0}
        onPress={() => generate({ ...choice, settings: { ...draft, seed: choice.settings.seed } })}
      >
        {t("generate.makeDraft")}
      </Button>
      <Button look="primary" icon="spark" isDisabled={rows.length === 0} onPress={() => generate(choice)}>
        {hasTakes ? t("generate.again", { count: rows.length }) : t("generate.make", { count: rows.length })}
      </Button>
    </footer>
  );
}

function useGenerate(rows: readonly SegmentRow[]): (choice: GenerationChoice) => void {
  const operations = useOperations();
  return (choice) => {
    const calls = callsOf(
      rows.map(({ id }) => id),
      { choice, freshSeed: randomSeed },
    );
    const started = async () => {
      for (const call of calls) {
        const { jobId } = await operations["segments.generate"](call);
        noteStarted(
          jobId,
          rows.map(({ id }) => id).filter((id) => call.segmentIds?.includes(id)),
        );
      }
    };
    act(started());
  };
}

function Estimate({ rows, choice }: { readonly rows: readonly SegmentRow[]; readonly choice: GenerationChoice }) {
  const { t } = useTranslation();
  const takes = useRecords("take");
  const jobs = useJobs();
  const frames = rows.reduce((sum, { segment }) => sum + segment.durationFrames, 0);
  const seconds = estimateSeconds(paceOf(jobs, takes ?? []), choice.settings, { frames, model: choice.model });
  return (
    <span className="generate-bar__time">
      {seconds === undefined || frames === 0 ? "" : t("generate.about", { time: timeLeft(seconds * 1000, t) })}
    </span>
  );
}
