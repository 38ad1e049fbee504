// Entry of a worker process: job kind -> function. The one place where the kinds of work meet.
import { delimiter } from "node:path";
import { assert } from "../../shared/failure/index.ts";
import { silentLogger, systemClock } from "../base/index.ts";
import { serveJobs } from "../jobs/index.ts";
import { createFfmpegFinder, ffmpegPlacesOf } from "./ffmpeg-finder.ts";
import { mediaJobs } from "./media-jobs.ts";
import { projectFolderVariable } from "./opened-project.ts";

const projectFolder = process.env[projectFolderVariable];
assert(projectFolder !== undefined, `a worker is started with ${projectFolderVariable}`);
const ffmpeg = createFfmpegFinder(ffmpegPlacesOf(process.env, delimiter), silentLogger);

serveJobs({ ...mediaJobs({ projectFolder, ffmpeg }) }, systemClock);
