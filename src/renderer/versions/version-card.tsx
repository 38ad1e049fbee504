// One language version: chosen by its head; the chosen one shows its sound and what can be done next.
import { useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import { useTranslation } from "react-i18next";
import type { Version } from "../../shared/project/index.ts";
import { useJobs, useOperations, useRecords } from "../connection/core-context.tsx";
import { isActive } from "../connection/job-list.ts";
import { languageName } from "../i18n/languages.ts";
import { progressLine } from "../jobs/describe-job.ts";
import { act } from "../state/notices.ts";
import { setView } from "../state/view-store.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { ActMenu } from "../ui/choice-menu.tsx";
import { Icon } from "../ui/icon.tsx";
import { Progress } from "../ui/progress.tsx";
import { AddDialogueButton } from "./add-dialogue-button.tsx";
import { ProposeDialog } from "./propose-dialog.tsx";
import { RenameVersionDialog } from "./rename-version-dialog.tsx";
import { TrackRow } from "./track-row.tsx";
import type { DialogueTrack } from "./use-versions.ts";

type VersionCardProps = {
  readonly version: Version;
  readonly isCurrent: boolean;
  readonly tracks: readonly DialogueTrack[];
};

export function VersionCard({ version, isCurrent, tracks }: VersionCardProps) {
  const { t, i18n } = useTranslation();
  const segments = useRecords("segment")?.filter(({ versionId }) => versionId === version.id) ?? [];
  const approved = segments.filter(({ state }) => state === "approved").length;
  const language = languageName(version.language, i18n.language);
  return (
    <li className={`version${isCurrent ? " version--current" : ""}`}>
      <div className="version__head">
        <AriaButton
          className="version__choose"
          aria-expanded={isCurrent}
          onPress={() => setView({ chosenVersionId: version.id })}
        >
          <span className="version__tag">{version.language}</span>
          <span className="version__words">
            <span className="version__name">{version.name}</span>
            <span className="version__line">
              {[
                ...(language === version.name ? [] : [language]),
                t("versions.tracks", { count: tracks.length }),
                t("versions.segments", { count: segments.length }),
                ...(approved > 0 ? [t("versions.approved", { count: approved })] : []),
              ].join(" · ")}
            </span>
          </span>
        </AriaButton>
        <VersionMenu version={version} />
      </div>
      {isCurrent ? <VersionBody version={version} tracks={tracks} /> : null}
    </li>
  );
}

function VersionMenu({ version }: { readonly version: Version }) {
  const { t } = useTranslation();
  const operations = useOperations();
  const [isRenaming, setRenaming] = useState(false);
  const label = t("versions.actions", { name: version.name });
  return (
    <>
      <ActMenu
        label={label}
        acts={[
          { id: "rename", label: t("versions.rename"), run: () => setRenaming(true) },
          {
            id: "remove",
            label: t("versions.remove"),
            icon: "trash",
            run: () => act(operations["versions.remove"]({ versionId: version.id })),
          },
        ]}
      >
        <IconButton icon="more" label={label} />
      </ActMenu>
      {isRenaming ? <RenameVersionDialog version={version} onClose={() => setRenaming(false)} /> : null}
    </>
  );
}

type VersionBodyProps = { readonly version: Version; readonly tracks: readonly DialogueTrack[] };

function VersionBody({ version, tracks }: VersionBodyProps) {
  const { t } = useTranslation();
  const [isProposing, setProposing] = useState(false);
  const hasPicture = (useRecords("reel") ?? []).length > 0;
  const hasFaces = (useRecords("face-track") ?? []).length > 0;
  return (
    <div className="version__body">
      {tracks.length === 0 ? (
        <p className="version__hint">{hasPicture ? t("versions.noDialogue") : t("versions.noReel")}</p>
      ) : (
        <ul className="version__tracks" aria-label={t("versions.trackList", { name: version.name })}>
          {tracks.map((track) => (
            <TrackRow key={track.trackId} track={track} />
          ))}
        </ul>
      )}
      <div className="version__acts">
        <AddDialogueButton versionId={version.id} isDisabled={!hasPicture} />
        <Button icon="segments" isDisabled={tracks.length === 0 || !hasFaces} onPress={() => setProposing(true)}>
          {t("versions.propose")}
        </Button>
      </div>
      {hasPicture && !hasFaces ? <FindFaces /> : null}
      <Proposing versionId={version.id} />
      {isProposing ? <ProposeDialog versionId={version.id} onClose={() => setProposing(false)} /> : null}
    </div>
  );
}

/** Segments are proposed where there are faces: a button to look for them, or how far that is. */
function FindFaces() {
  const { t, i18n } = useTranslation();
  const operations = useOperations();
  const reels = useRecords("reel") ?? [];
  const job = useJobs().find((each) => each.kind === "faces.track" && isActive(each));
  if (job)
    return (
      <div className="version__job" role="status">
        <span>{progressLine(job, { t, language: i18n.language })}</span>
        <Progress label={t("versions.findingFaces")} doneRatio={job.progress?.doneRatio ?? undefined} />
      </div>
    );
  const look = async () => {
    for (const { id } of reels) await operations["faces.track"]({ reelId: id });
  };
  return (
    <div className="version__faces">
      <p className="version__hint">{t("versions.noFaces")}</p>
      <Button icon="face" onPress={() => act(look())}>
        {t("versions.findFaces")}
      </Button>
    </div>
  );
}

/** How far a proposal is that runs for this version. */
function Proposing({ versionId }: { readonly versionId: Version["id"] }) {
  const { t, i18n } = useTranslation();
  const job = useJobs().find(
    (each) => each.kind === "segments.propose" && each.labels["versionId"] === versionId && isActive(each),
  );
  if (!job) return null;
  return (
    <div className="version__job" role="status">
      <span>
        <Icon name="clock" /> {t("versions.proposing")} · {progressLine(job, { t, language: i18n.language })}
      </span>
      <Progress label={t("versions.proposing")} doneRatio={job.progress?.doneRatio ?? undefined} />
    </div>
  );
}
