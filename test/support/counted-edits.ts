// Numbered edits whose every trace can be checked: edit k renames the project to "edit k" and adds the k-th shot.
import { projectRecordId } from "../../src/shared/project/index.ts";
import type { Diff, Project, ProjectView, RecordId, Shot } from "../../src/shared/project/index.ts";
import { diffAdding, diffChanging } from "../../src/shared/project/index.ts";
import type { OpenProject } from "../../src/core/store/index.ts";
import type { FaultReport } from "./fault-report.ts";
import { sampleMedia, sampleReel, sampleShot } from "./sample-records.ts";

const nameOf = (count: number) => `edit ${count}`;

export const countEdits = (project: Pick<OpenProject, "view">): number => project.view.list("shot").length;

/** What edits need to stand on; once per project, before the first. */
export function prepareForEdits(project: OpenProject): void {
  project.apply("prepare", () => diffAdding(sampleMedia(), sampleReel()));
}

/** Makes the next edit and answers its number. */
export function editOnce(project: OpenProject): number {
  return project.edit("count", nextEdit).outcome.count;
}

function nextEdit(view: ProjectView): { readonly diff: Diff; readonly count: number } {
  const count = view.list("shot").length + 1;
  const present = view.get("project", projectRecordId);
  if (!present) throw new Error("the project record is missing");
  const { changed } = diffChanging<Project>(present, { ...present, name: nameOf(count) });
  const shot: Shot = { ...sampleShot("x", count), id: `shot:n${count}` as RecordId<"shot"> };
  return { diff: { added: [shot], changed, removed: [] }, count };
}

/** What is wrong with a project that should hold whole edits only; empty when nothing is. */
export function findTornEdits(project: OpenProject): readonly string[] {
  const shots = project.view.list("shot");
  const count = shots.length;
  const name = project.view.get("project", projectRecordId)?.name;
  const gaps = shots.filter((shot, index) => shot.id !== `shot:n${index + 1}` || shot.startFrame !== index + 1);
  return [
    ...(count > 0 && name !== nameOf(count) ? [`${count} shots but the name "${name}"`] : []),
    ...(gaps.length > 0 ? [`${gaps.length} shots out of order`] : []),
    ...(count > 0 && project.history().undo?.name !== "count" ? ["the last edit has no step to undo"] : []),
  ];
}

/** Notes in the report whether the project holds whole edits only. */
export function checkWhole(report: FaultReport, project: OpenProject, where: string): void {
  const torn = findTornEdits(project);
  report.check(torn.length === 0, `${where}: ${torn.join("; ")}`);
}
