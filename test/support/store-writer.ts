// A process that edits a project without pause and tells of each edit once it is acknowledged; tests do it harm.
// Arguments: the project's folder, how many edits to make. Lines out: "ack K" and "fail CODE".
import { writeSync } from "node:fs";
import { DubError } from "../../src/shared/failure/index.ts";
import { silentLogger, systemClock, systemRandom } from "../../src/core/base/index.ts";
import { openProject } from "../../src/core/store/index.ts";
import type { OpenProject } from "../../src/core/store/index.ts";
import { countEdits, editOnce } from "./counted-edits.ts";

const [folder = "", editCount = "0"] = process.argv.slice(2);

// Straight to the pipe, so that what is said is out before anything else can happen to this process.
const say = (line: string) => writeSync(1, `${line}\n`);

/** What `work` answers; failures of the disk are told and tried again, anything else ends the process. */
function insist<Result>(work: () => Result): Result {
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof DubError) || error.kind !== "failed") throw error;
      say(`fail ${error.code}`);
    }
  }
}

async function openThroughFailures(): Promise<OpenProject> {
  for (;;) {
    try {
      return await openProject({
        folder,
        clock: systemClock,
        random: systemRandom,
        logger: silentLogger,
        program: "the writer of a test",
      });
    } catch (error) {
      if (!(error instanceof DubError) || error.kind !== "failed") throw error;
      say(`fail ${error.code}`);
    }
  }
}

const project = await openThroughFailures();
const startCount = insist(() => countEdits(project));
while (insist(() => countEdits(project)) < startCount + Number(editCount)) {
  // An edit that failed may turn out to be stored after all; so each try begins by counting anew.
  const acknowledged = insist(() => editOnce(project));
  say(`ack ${acknowledged}`);
}
say("end");
project[Symbol.dispose]();
