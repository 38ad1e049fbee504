// A process that does everything a project folder can go through, once, telling of each step once it is done.
// Argument: the parent folder. Lines out: "done STEP".
import { writeSync } from "node:fs";
import { silentLogger, systemClock, systemRandom } from "../../src/core/base/index.ts";
import { createProject } from "../../src/core/store/index.ts";
import { editOnce, prepareForEdits } from "./counted-edits.ts";

const [parent = ""] = process.argv.slice(2);
const say = (step: string) => writeSync(1, `done ${step}\n`);

const project = await createProject({
  folder: parent,
  name: "Scenario",
  clock: systemClock,
  random: systemRandom,
  logger: silentLogger,
  program: "the scenario of a test",
});
say("created");
prepareForEdits(project);
say("prepared");
editOnce(project);
say("edit 1");
editOnce(project);
say("edit 2");
project.undo();
say("undo");
project.redo();
say("redo");
await project.backups.makeDue();
say("backup");
const [backup] = await project.backups.list();
await project.backups.restore(backup?.name ?? "");
say("restore");
editOnce(project);
say("edit 3");
project[Symbol.dispose]();
say("end");
