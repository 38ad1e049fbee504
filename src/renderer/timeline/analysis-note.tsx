// The line in place of face lanes that are not there yet: how far the analysis is, or a button that begins it.
import { useTranslation } from "react-i18next";
import { useOperations } from "../connection/core-context.tsx";
import { notify } from "../state/notices.ts";
import { Button } from "../ui/button.tsx";
import type { Analysis } from "./use-analysis.ts";

export const noteHeightPx = 36;

export function AnalysisNote({ analysis }: { readonly analysis: Analysis }) {
  const { t, i18n } = useTranslation();
  const operations = useOperations();
  const { reel, shots, job } = analysis;
  if (!reel) return null;
  const isWorking = job && (job.state === "running" || job.state === "queued" || job.state === "paused");
  const ratio = job?.progress?.doneRatio ?? null;
  const percent = new Intl.NumberFormat(i18n.language, { style: "percent", maximumFractionDigits: 0 });
  return (
    <div className="lane analysis-note" style={{ height: noteHeightPx }}>
      {isWorking ? (
        <span>{ratio === null ? t("faces.waiting") : t("faces.looking", { done: percent.format(ratio) })}</span>
      ) : (
        <>
          <span>{shots.length > 0 ? t("faces.noneFound") : t("faces.notLooked")}</span>
          <Button
            look="quiet"
            onPress={() => {
              operations["faces.track"]({ reelId: reel.id }).catch(notify);
            }}
          >
            {shots.length > 0 ? t("faces.lookAgain") : t("faces.look")}
          </Button>
        </>
      )}
    </div>
  );
}
