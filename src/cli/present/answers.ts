// How answers read in a terminal: the often used ones by hand, the rest by their fields.
import type { AnswerOf, JobSummary, OperationName } from "../../shared/contract/index.ts";
import { listedLines, plannedLines, presetLines, reportLines } from "./exports.ts";
import { describeFacts } from "./facts.ts";
import { addedSoundLines, comparedLines, segmentLines, takeLines, trackLines, versionLines } from "./dubbing.ts";
import { characterLines, eligibilityLines, faceTrackLines, importedCutLines, limitLines, shotLines } from "./faces.ts";
import { describe } from "./generic.ts";
import { describeModels } from "./models.ts";
import { columns, momentText, sizeText } from "./layout.ts";
import { recipeLines, runLines } from "./training.ts";
import { editName, holdingsText } from "./words.ts";

type Presenters = { readonly [Name in OperationName]?: (answer: AnswerOf<Name>) => readonly string[] };

type ProjectInfo = AnswerOf<"project.open">;

function projectLines(info: ProjectInfo): readonly string[] {
  return [
    ...columns([
      ["Project", info.name],
      ["Folder", info.folder],
      ["Language", info.originalLanguage ?? "not said"],
      ["Holds", holdingsText(info.counts)],
      ["Created", momentText(info.createdAt)],
    ]),
    ...info.warnings.map(({ message }) => `! ${message}`),
  ];
}

export function jobTable(jobs: readonly JobSummary[]): readonly string[] {
  if (jobs.length === 0) return ["No jobs."];
  const rows = jobs.map((job) => [
    job.state,
    job.title,
    job.kind,
    job.progress?.doneRatio === null || job.progress === null ? "" : `${Math.floor(job.progress.doneRatio * 100)} %`,
    momentText(job.createdAt),
    job.jobId,
    job.failure === null ? "" : job.failure.message,
  ]);
  return columns([["State", "Title", "Kind", "Done", "Queued", "Id", ""], ...rows], { alignRight: [3] });
}

const marks = { good: "ok", degraded: "!", missing: "MISSING" } as const;

const historyLines = ({ undo, redo }: AnswerOf<"history.state">): readonly string[] =>
  columns([
    ["Undo", undo ? `${editName(undo.name)}, ${momentText(undo.editedAt)}` : "nothing"],
    ["Redo", redo ? `${editName(redo.name)}, ${momentText(redo.editedAt)}` : "nothing"],
  ]);

type Backups = AnswerOf<"backup.list">["backups"];

const backupLines = (backups: Backups, none: string): readonly string[] =>
  backups.length === 0
    ? [none]
    : columns(
        backups.map(({ madeAt, tier, sizeBytes, name }) => [momentText(madeAt), tier, sizeText(sizeBytes), name]),
        { alignRight: [2] },
      );

const presenters: Presenters = {
  "app.doctor": ({ findings }) => [
    ...columns(findings.map(({ subject, state, found }) => [marks[state], subject, found])),
    ...findings.filter(({ advice }) => advice !== "").map(({ subject, advice }) => `${subject}: ${advice}`),
  ],
  "app.browse": ({ folder, entries }) => [
    folder,
    ...columns(
      entries.map(({ kind, name, sizeBytes }) => [kind, sizeBytes === null ? "" : sizeText(sizeBytes), name]),
      { indent: 2, alignRight: [1] },
    ),
  ],
  "project.create": projectLines,
  "project.open": projectLines,
  "project.info": ({ project }) => (project ? projectLines(project) : ["No project is open."]),
  "project.recent": ({ projects }) =>
    projects.length === 0
      ? ["No projects were opened yet."]
      : columns(
          projects.map(({ name, folder, openedAt, isPresent }) => [
            momentText(openedAt),
            name,
            isPresent ? folder : `${folder} (not there)`,
          ]),
        ),
  "history.state": historyLines,
  "history.undo": historyLines,
  "history.redo": historyLines,
  "backup.list": ({ backups }) => backupLines(backups, "No backups yet; the first is made a minute after a change."),
  "rescue.list": ({ backups }) => backupLines(backups, "It has no backups."),
  "jobs.list": ({ jobs }) => jobTable(jobs),
  "jobs.get": ({ job }) => jobTable([job]),
  "jobs.pause": ({ job }) => jobTable([job]),
  "jobs.resume": ({ job }) => jobTable([job]),
  "jobs.cancel": ({ job }) => jobTable([job]),
  "jobs.retry": ({ job }) => jobTable([job]),
  "jobs.clear": ({ removed }) => [removed === 1 ? "1 job forgotten." : `${removed} jobs forgotten.`],
  "models.list": describeModels,
  "train.recipes": recipeLines,
  "train.list": runLines,
  "models.remove": ({ freedBytes }) => [`${sizeText(freedBytes)} freed.`],
  "versions.list": versionLines,
  "dialogue.add": addedSoundLines,
  "dialogue.list": trackLines,
  "segments.list": segmentLines,
  "takes.list": takeLines,
  "takes.compare": comparedLines,
  "shots.list": shotLines,
  "shots.import": importedCutLines,
  "faces.list": faceTrackLines,
  "faces.eligibility": eligibilityLines,
  "faces.limits": limitLines,
  "characters.list": characterLines,
  "export.presets": presetLines,
  "export.run": plannedLines,
  "export.list": listedLines,
  "export.report": reportLines,
  "media.probe": ({ facts }) => describeFacts(facts),
};

/** `answer` is what the operation's schema has let pass. */
export function describeAnswer(name: OperationName, answer: unknown): readonly string[] {
  // The table pairs each name with its own answer, which the compiler cannot follow through a union.
  const present = presenters[name] as ((answer: unknown) => readonly string[]) | undefined;
  return (present ?? describe)(answer);
}
