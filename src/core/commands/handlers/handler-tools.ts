// What handlers are made from.
import type { Clock, Random } from "../../base/index.ts";
import type { Diff, ProjectView } from "../../../shared/project/index.ts";
import type { ModelManifest } from "../../weights/index.ts";
import type { AppFiles } from "../app-files.ts";
import type { AppJobs } from "../app-jobs.ts";
import type { CoreTools } from "../core-tools.ts";
import type { CurrentProject } from "../current-project.ts";
import type { FfmpegFinder } from "../ffmpeg-finder.ts";
import type { ResourceTable } from "../resource-table.ts";

export type HandlerTools = {
  readonly tools: CoreTools;
  readonly current: CurrentProject;
  /** Edits the open project in one transaction; answers as every edit of the contract does. */
  readonly edit: (name: string, decide: (view: ProjectView) => Diff) => { readonly revision: number };
  readonly appFiles: AppFiles;
  readonly appJobs: AppJobs;
  readonly modelManifest: ModelManifest;
  readonly ffmpeg: FfmpegFinder;
  readonly resources: ResourceTable;
  readonly clock: Clock;
  readonly random: Random;
};
