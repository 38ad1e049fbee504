// Entry of a worker process: job kind -> function. The one place where the kinds of work meet.
import { delimiter } from "node:path";
import { silentLogger, systemClock } from "../base/index.ts";
import { serveJobs } from "../jobs/index.ts";
import { createFfmpegFinder, ffmpegPlacesOf } from "./ffmpeg-finder.ts";
import { exportJobs } from "./export-jobs.ts";
import { faceJobs } from "./face-jobs.ts";
import { lipsyncJobs } from "./lipsync-jobs.ts";
import { mediaJobs } from "./media-jobs.ts";
import { modelJobs } from "./model-jobs.ts";
import { examinationKind, examineOnnx } from "./worker-examination.ts";
import { trainingJobs } from "./training-jobs.ts";
import { proposalJobs } from "./proposal-jobs.ts";
import { renderJobs } from "./render-jobs.ts";
import { scoreJobs } from "./score-jobs.ts";
import { placesIn } from "./worker-places.ts";

const ffmpeg = createFfmpegFinder(ffmpegPlacesOf(process.env, delimiter), silentLogger);

const places = placesIn(process.env);

serveJobs(
  {
    ...mediaJobs(places, ffmpeg),
    ...faceJobs(places, ffmpeg),
    ...proposalJobs(places, ffmpeg),
    ...renderJobs(places, ffmpeg),
    ...scoreJobs(places, ffmpeg),
    ...exportJobs(places, ffmpeg),
    ...lipsyncJobs(places, ffmpeg),
    ...modelJobs,
    ...trainingJobs,
    [examinationKind]: examineOnnx,
  },
  systemClock,
);
