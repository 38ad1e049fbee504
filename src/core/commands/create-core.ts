// Wires the rooms into a core: the one place where store, queue, media and contract meet.
import type { Handlers } from "../../shared/contract/index.ts";
import publishedModels from "../../../assets/models.json" with { type: "json" };
import { parseManifest } from "../weights/index.ts";
import { analyseImports } from "./analyse-imports.ts";
import { openAppFiles } from "./app-files.ts";
import { createAppJobs } from "./app-jobs.ts";
import type { CoreTools } from "./core-tools.ts";
import type { Core } from "./core.ts";
import { keepCurrentProject } from "./current-project.ts";
import { createEventHub } from "./event-hub.ts";
import { createFfmpegFinder } from "./ffmpeg-finder.ts";
import { appHandlers } from "./handlers/app.ts";
import { generateHandlers } from "./handlers/generate.ts";
import { backupHandlers } from "./handlers/backups.ts";
import { characterHandlers } from "./handlers/characters.ts";
import { exportHandlers } from "./handlers/export.ts";
import { dialogueHandlers } from "./handlers/dialogue.ts";
import { faceReportHandlers } from "./handlers/face-reports.ts";
import { faceHandlers } from "./handlers/faces.ts";
import type { HandlerTools } from "./handlers/handler-tools.ts";
import { historyHandlers } from "./handlers/history.ts";
import { jobHandlers } from "./handlers/jobs.ts";
import { mediaHandlers } from "./handlers/media.ts";
import { modelHandlers } from "./handlers/models.ts";
import { overlayHandlers } from "./handlers/overlay.ts";
import { projectHandlers } from "./handlers/project.ts";
import { renderHandlers } from "./handlers/render.ts";
import { rescueHandlers } from "./handlers/rescue.ts";
import { proposalHandlers } from "./handlers/proposals.ts";
import { reelHandlers } from "./handlers/reels.ts";
import { scoreHandlers } from "./handlers/scores.ts";
import { segmentHandlers } from "./handlers/segments.ts";
import { shotHandlers } from "./handlers/shots.ts";
import { takeHandlers } from "./handlers/takes.ts";
import { trainingHandlers } from "./handlers/training.ts";
import { versionHandlers } from "./handlers/versions.ts";
import { createResourceTable } from "./resource-table.ts";
import { scoreNewTakes } from "./score-new-takes.ts";
import { createUploads } from "./uploads.ts";

/** A core with no project open. Disposing closes the one that is open then and ends all workers. */
export function createCore(tools: CoreTools): Core {
  const events = createEventHub();
  const resources = createResourceTable(tools.random);
  const appJobs = createAppJobs(tools, events);
  const current = keepCurrentProject({ tools, events, onClosed: resources.clear });
  const handlerTools: HandlerTools = {
    tools,
    current,
    resources,
    edit: (name, decide) => {
      const { revision } = current.get().project.edit(name, decide);
      return { revision };
    },
    appFiles: openAppFiles(tools.folders.appData, tools.clock),
    appJobs,
    modelManifest: parseManifest(tools.models?.manifest ?? publishedModels),
    ffmpeg: createFfmpegFinder(tools.ffmpegPlaces, tools.logger),
    clock: tools.clock,
    random: tools.random,
  };
  const handlers = makeHandlers(handlerTools);
  const listening = { handlers, events, appFiles: handlerTools.appFiles, logger: tools.logger };
  analyseImports(listening);
  if (tools.host !== "cli") scoreNewTakes(listening);
  return {
    handlers,
    events,
    resources,
    uploads: createUploads(current, tools.random),
    [Symbol.asyncDispose]: async () => {
      await appJobs[Symbol.asyncDispose]();
      await current[Symbol.asyncDispose]();
    },
  };
}

/** Complete by type: an operation without a handler does not compile. */
const makeHandlers = (tools: HandlerTools): Handlers => ({
  ...appHandlers(tools),
  ...projectHandlers(tools),
  ...historyHandlers(tools),
  ...backupHandlers(tools),
  ...rescueHandlers(tools),
  ...mediaHandlers(tools),
  ...shotHandlers(tools),
  ...characterHandlers(tools),
  ...faceHandlers(tools),
  ...faceReportHandlers(tools),
  ...overlayHandlers(tools),
  ...reelHandlers(tools),
  ...versionHandlers(tools),
  ...dialogueHandlers(tools),
  ...segmentHandlers(tools),
  ...proposalHandlers(tools),
  ...takeHandlers(tools),
  ...scoreHandlers(tools),
  ...renderHandlers(tools),
  ...exportHandlers(tools),
  ...generateHandlers(tools),
  ...modelHandlers(tools),
  ...trainingHandlers(tools),
  ...jobHandlers(tools),
});
