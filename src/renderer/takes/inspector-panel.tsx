// What is selected, its takes, and how the next ones are made.
import { useTranslation } from "react-i18next";
import type { Take } from "../../shared/project/index.ts";
import { timecodeBaseOf } from "../../shared/project/index.ts";
import { endFrameOf, formatTimecode } from "../../shared/time/index.ts";
import { useJobs, useOperations, useRecords } from "../connection/core-context.tsx";
import { isActive } from "../connection/job-list.ts";
import { progressLine } from "../jobs/describe-job.ts";
import type { SegmentRow } from "../segments/segment-rows.ts";
import { secondsText, stateLabels } from "../segments/segment-words.ts";
import { useSelectedRows } from "../segments/use-segments.ts";
import { act } from "../state/notices.ts";
import { Icon } from "../ui/icon.tsx";
import { Progress } from "../ui/progress.tsx";
import { SelectInput } from "../ui/select-input.tsx";
import { GenerateBar } from "./generate-bar.tsx";
import { GenerationForm } from "./generation-form.tsx";
import { NoteField } from "./note-field.tsx";
import { TakeCard } from "./take-card.tsx";
import "./takes.css";

export function InspectorPanel() {
  const { t } = useTranslation();
  const rows = useSelectedRows();
  const [first, second] = rows;
  if (!first)
    return (
      <div className="panel__empty">
        <Icon name="segments" />
        <p className="panel__empty-title">{t("takes.nothing")}</p>
        <p>{t("takes.nothingHint")}</p>
      </div>
    );
  return (
    <div className="inspector">
      <div className="inspector__scroll">
        {second ? <ManySegments rows={rows} /> : <OneSegment row={first} />}
        <GenerationForm />
      </div>
      <GenerateBar rows={rows} />
    </div>
  );
}

function ManySegments({ rows }: { readonly rows: readonly SegmentRow[] }) {
  const { t, i18n } = useTranslation();
  const seconds = rows.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);
  return (
    <header className="inspector__head">
      <h2 className="inspector__name">{t("segments.count", { count: rows.length })}</h2>
      <p className="inspector__line">{t("takes.together", { time: secondsText(seconds, i18n.language) })}</p>
    </header>
  );
}

const nobody = "nobody";

function OneSegment({ row }: { readonly row: SegmentRow }) {
  const { t, i18n } = useTranslation();
  const operations = useOperations();
  const characters = useRecords("character") ?? [];
  const { segment, reel, durationSeconds } = row;
  const base = timecodeBaseOf(reel);
  const place = [segment.startFrame, endFrameOf(segment)].map((frame) => formatTimecode(frame, base)).join(" – ");
  return (
    <>
      <header className="inspector__head">
        <h2 className="inspector__name selectable">{place}</h2>
        <p className="inspector__line">
          {[reel.name, secondsText(durationSeconds, i18n.language), t(stateLabels[segment.state])].join(" · ")}
        </p>
        {characters.length > 0 ? (
          <SelectInput
            place="beside"
            label={t("segments.character")}
            choices={[
              { value: nobody, label: t("segments.nobody") },
              ...characters.map(({ id, name }) => ({ value: String(id), label: name })),
            ]}
            chosen={segment.characterId ?? nobody}
            onChoose={(value) => {
              const characterId = characters.find(({ id }) => id === value)?.id ?? null;
              act(operations["segments.assign"]({ segmentIds: [segment.id], characterId }));
            }}
          />
        ) : null}
        <NoteField
          label={t("takes.segmentNote")}
          placeholder={t("takes.notePlaceholder")}
          note={segment.note}
          onWrite={(note) => act(operations["segments.note"]({ segmentId: segment.id, note }))}
        />
      </header>
      <TakeList row={row} />
    </>
  );
}

function TakeList({ row }: { readonly row: SegmentRow }) {
  const { t } = useTranslation();
  const all = useRecords("take");
  const takes = (all ?? [])
    .filter(({ segmentId }) => segmentId === row.id)
    .toSorted((left, right) => right.takeNumber - left.takeNumber);
  return (
    <section aria-label={t("takes.title")}>
      <h3 className="inspector__title">{t("takes.title")}</h3>
      <Making segmentId={row.id} />
      {takes.length === 0 ? (
        <p className="inspector__hint">{t("takes.none")}</p>
      ) : (
        <ul className="takes" aria-label={t("takes.title")}>
          {takes.map((take, at) => (
            <TakeCard
              key={take.id}
              take={take}
              before={takes[at + 1]}
              isSelected={take.id === row.segment.selectedTakeId}
            />
          ))}
        </ul>
      )}
    </section>
  );
}

/** How far the take is that is being made for this segment. */
function Making({ segmentId }: { readonly segmentId: Take["segmentId"] }) {
  const { t, i18n } = useTranslation();
  const job = useJobs().find(
    (each) => each.kind === "segments.generate" && isActive(each) && each.labels["segmentId"] === segmentId,
  );
  if (!job) return null;
  return (
    <div className="making" role="status">
      <span>{progressLine(job, { t, language: i18n.language })}</span>
      <Progress label={t("takes.making")} doneRatio={job.progress?.doneRatio ?? undefined} />
    </div>
  );
}
