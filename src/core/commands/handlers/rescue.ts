// Handlers for a project that no longer opens.
import { dirname, resolve } from "node:path";
import type { Handlers } from "../../../shared/contract/index.ts";
import {
  freeFolderName,
  listBackups,
  projectNameOf,
  projectPaths,
  restoreBackup,
  salvageProject,
} from "../../store/index.ts";
import { surroundingsOf } from "../core-tools.ts";
import { describeBackup } from "./backups.ts";
import type { HandlerTools } from "./handler-tools.ts";

type Names = "rescue.list" | "rescue.restore" | "rescue.salvage";

export function rescueHandlers({ tools, random }: HandlerTools): Pick<Handlers, Names> {
  return {
    "rescue.list": async ({ folder }) => {
      const backups = await listBackups(projectPaths(resolve(folder)));
      return { backups: backups.map(describeBackup) };
    },
    "rescue.restore": async ({ folder, name }) => ({
      folder: await restoreBackup({ paths: projectPaths(resolve(folder)), name, random }),
    }),
    "rescue.salvage": async ({ folder }) => {
      const damagedFolder = resolve(folder);
      const newFolder = freeFolderName(dirname(damagedFolder), `${projectNameOf(damagedFolder)} (salvaged)`);
      const report = await salvageProject({ damagedFolder, newFolder, ...surroundingsOf(tools) });
      return { ...report, incompleteTypes: [...report.incompleteTypes], filledFrom: report.filledFrom ?? null };
    },
  };
}
