// Rules of an open project: what is answered is stored, history survives, conflicts and wrong records change nothing.
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { randomFrom, silentLogger, systemClock } from "../base/index.ts";
import { diffAdding, diffChanging, diffRemoving, projectRecordId, renameProject } from "../../shared/project/index.ts";
import type { Project } from "../../shared/project/index.ts";
import { createProject, openProject } from "./project.ts";
import type { ProjectChange } from "./project-change.ts";
import { sampleRecords, sampleReel, sampleSegment, sampleTake } from "../../../test/support/sample-records.ts";
import { makeTempProject } from "../../../test/support/temp-project.ts";

const surroundings = { clock: systemClock, random: randomFrom(2), logger: silentLogger, program: "a second test" };

describe("folders", () => {
  test("a project that is open is not opened a second time, and its owner is named", async () => {
    await using temp = await makeTempProject();
    const { folder } = temp.project.paths;
    await expect(openProject({ folder, ...surroundings })).rejects.toMatchObject({
      code: "project.in-use",
      details: { program: "a test", processId: process.pid },
    });
    temp.project[Symbol.dispose]();
    using again = await openProject({ folder, ...surroundings });
    expect(again.counts().project).toBe(1);
  });

  test("a new project is never put in the place of anything", async () => {
    await using temp = await makeTempProject();
    await expect(createProject({ folder: temp.parent, name: " Night Train ", ...surroundings })).rejects.toMatchObject({
      code: "project.exists",
    });
    expect(readdirSync(temp.parent)).toEqual(["Night Train.dubwright"]);
  });

  test.each(["", "  ", "a/b", "a\\b", "con", "..", ".hidden", "dot.", "a:b", "x\u0000", "x".repeat(201)])(
    "the name %j is refused, because some system could not keep it",
    async (name) => {
      await using temp = await makeTempProject();
      await expect(createProject({ folder: temp.parent, name, ...surroundings })).rejects.toMatchObject({
        code: "project.bad-name",
      });
      expect(readdirSync(temp.parent)).toEqual(["Night Train.dubwright"]);
    },
  );

  test("subfolders that someone removed are there again after opening, and half a backup is not", async () => {
    await using temp = await makeTempProject();
    const { paths } = temp.project;
    rmSync(paths.cache, { recursive: true });
    writeFileSync(join(paths.backups, ".partial-1.sqlite"), "half");
    const project = await temp.reopen();
    expect(existsSync(project.paths.cache)).toBe(true);
    expect(readdirSync(project.paths.backups)).toEqual([]);
  });
});

describe("records", () => {
  test("a record of every type is read back as it was written, also after a restart", async () => {
    await using temp = await makeTempProject();
    temp.project.apply("fill", () => diffAdding(...sampleRecords()));
    const project = await temp.reopen();
    for (const record of sampleRecords()) expect(project.view.get(record.type, record.id)).toEqual(record);
    expect(project.counts()).toMatchObject({ project: 1, media: 1, take: 1, adapter: 1 });
  });

  test("a list keeps to its filter and comes in the record's own order", async () => {
    await using temp = await makeTempProject();
    const { project } = temp;
    project.apply("fill", () => diffAdding(...sampleRecords(), sampleSegment("late", 90), sampleSegment("early", 30)));
    const names = project.view.list("segment", { reelId: sampleReel().id }).map((segment) => segment.id);
    expect(names).toEqual(["segment:a", "segment:early", "segment:late"]);
    expect(project.view.list("segment", { selectedTakeId: null, startFrame: 30 })).toHaveLength(1);
    expect(project.view.list("segment", { selectedTakeId: sampleTake().id })).toEqual([]);
  });

  test("pages follow each other without gap or repeat, and the last says so", async () => {
    await using temp = await makeTempProject();
    const { project } = temp;
    const takes = Array.from({ length: 7 }, (_, index) => sampleTake(`t${index}`, index + 2));
    project.apply("fill", () => diffAdding(...sampleRecords(), ...takes));
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = project.page("take", { after, limit: 3, filter: { segmentId: sampleSegment().id } });
      seen.push(...page.records.map((take) => take.id));
      after = page.next;
    } while (after !== undefined);
    expect(seen).toEqual(["take:a", ...takes.map((take) => take.id)]);
    expect(() => project.page("take", { after: "take:gone", limit: 3 })).toThrow(
      expect.objectContaining({ code: "project.page-lost" }),
    );
  });
});

describe("edits", () => {
  test("an edit is one revision, is told after it is stored, and answers what its function returned", async () => {
    await using temp = await makeTempProject();
    const { project } = temp;
    const changes: ProjectChange[] = [];
    const unsubscribe = project.onChange((change) => changes.push(change));
    const result = project.edit("rename", (view) => ({ diff: renameProject(view, "Day Train"), asked: "Day Train" }));
    expect(result).toMatchObject({ revision: 1, outcome: { asked: "Day Train" } });
    expect(changes).toEqual([{ cause: "edit", name: "rename", revision: 1, diff: result.diff }]);
    unsubscribe();
    project.edit("rename", (view) => renameProject(view, "Night Train"));
    expect(changes).toHaveLength(1);
  });

  test("an edit that changes nothing makes no revision and no step", async () => {
    await using temp = await makeTempProject();
    const { project } = temp;
    expect(project.edit("rename", (view) => renameProject(view, "Night Train")).revision).toBe(0);
    expect(project.history()).toEqual({ revision: 0, undo: undefined, redo: undefined });
  });

  test("D3 a diff made from another state is refused and changes nothing", async () => {
    await using temp = await makeTempProject();
    const { project } = temp;
    const present = project.view.get("project", projectRecordId);
    const other: Project = { ...present, name: "Other" } as Project;
    const stale = diffChanging<Project>(other, { ...other, name: "New" });
    expect(() => project.edit("stale", () => stale)).toThrow(expect.objectContaining({ code: "project.conflict" }));
    expect(project.revision).toBe(0);
    expect(project.history().undo).toBeUndefined();
  });

  test("a record that its schema does not allow is a bug of the edit and is never stored", async () => {
    await using temp = await makeTempProject();
    const { project } = temp;
    project.apply("fill", () => diffAdding(...sampleRecords()));
    const wrong = { ...sampleTake("b", 2), stars: 6 };
    expect(() => project.edit("rate", () => diffAdding(wrong))).toThrow("Assertion failed");
    expect(project.counts().take).toBe(1);
  });

  test("records that others point at cannot go alone", async () => {
    await using temp = await makeTempProject();
    const { project } = temp;
    project.apply("fill", () => diffAdding(...sampleRecords()));
    expect(() => project.edit("cut", () => diffRemoving(sampleReel()))).toThrow(
      expect.objectContaining({ code: "project.dangling-reference" }),
    );
    expect(project.counts().reel).toBe(1);
  });

  test("results of machines are no steps of the history", async () => {
    await using temp = await makeTempProject();
    const { project } = temp;
    project.apply("fill", () => diffAdding(...sampleRecords()));
    expect(project.history()).toEqual({ revision: 1, undo: undefined, redo: undefined });
    expect(project.undo()).toBeUndefined();
  });

  test("a finished job and the take it made are stored together or not at all", async () => {
    await using temp = await makeTempProject();
    const { project } = temp;
    const changes: ProjectChange[] = [];
    project.onChange((change) => changes.push(change));
    expect(() =>
      project.jobs.transact(() => {
        project.apply("fill", () => diffAdding(...sampleRecords()));
        throw new Error("the job lost its lease");
      }),
    ).toThrow("the job lost its lease");
    expect(project.revision).toBe(0);
    expect(changes).toEqual([]);
    project.jobs.transact(() => {
      project.apply("fill", () => diffAdding(...sampleRecords()));
      expect(changes).toEqual([]);
    });
    expect(changes).toHaveLength(1);
  });

  test("a listener that throws takes nothing back and keeps no other from hearing", async () => {
    await using temp = await makeTempProject();
    const { project } = temp;
    let heard = 0;
    project.onChange(() => {
      throw new Error("listener");
    });
    project.onChange(() => {
      heard += 1;
    });
    project.edit("rename", (view) => renameProject(view, "Day Train"));
    expect(heard).toBe(1);
    expect(project.revision).toBe(1);
  });
});

describe("history", () => {
  test("undo and redo survive a restart", async () => {
    await using temp = await makeTempProject();
    temp.project.edit("rename", (view) => renameProject(view, "One"));
    temp.project.edit("rename", (view) => renameProject(view, "Two"));
    expect((await temp.reopen()).undo()).toMatchObject({ name: "rename", revision: 3 });
    expect(nameOf(await temp.reopen())).toBe("One");
    expect(temp.project.redo()).toMatchObject({ name: "rename", revision: 4 });
    expect(nameOf(await temp.reopen())).toBe("Two");
    expect(temp.project.redo()).toBeUndefined();
  });

  test("undo keeps what machines have added since to other fields, and redo brings back what it took along", async () => {
    await using temp = await makeTempProject();
    const { project } = temp;
    project.apply("fill", () => diffAdding(...sampleRecords()));
    const segment = sampleSegment("new", 60);
    const take = { ...sampleTake("made", 1), segmentId: segment.id };
    project.edit("segment.add", () => diffAdding(segment));
    project.apply("take", () => diffAdding(take));
    expect(project.undo()?.diff.removed.map(({ id }) => id)).toEqual([segment.id, take.id]);
    await temp.reopen();
    expect(
      temp.project
        .redo()
        ?.diff.added.map(({ id }) => id)
        .toSorted(),
    ).toEqual([segment.id, take.id]);
    expect(temp.project.undo()?.diff.removed).toHaveLength(2);
  });

  test("a new edit drops what could have been made again", async () => {
    await using temp = await makeTempProject();
    const { project } = temp;
    project.edit("one", (view) => renameProject(view, "One"));
    project.edit("two", (view) => renameProject(view, "Two"));
    project.undo();
    expect(project.history().redo?.name).toBe("two");
    project.edit("three", (view) => renameProject(view, "Three"));
    expect(project.history()).toMatchObject({ undo: { name: "three" }, redo: undefined });
    project.undo();
    expect(nameOf(project)).toBe("One");
  });
});

function nameOf(project: {
  readonly view: { readonly get: (type: "project", id: typeof projectRecordId) => Project | undefined };
}) {
  return project.view.get("project", projectRecordId)?.name;
}
