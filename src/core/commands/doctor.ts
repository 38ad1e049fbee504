// What this machine has and lacks, each as one finding with advice. Nothing here changes anything.
import { statfs } from "node:fs/promises";
import type { AnswerOf } from "../../shared/contract/index.ts";
import { toFailureData } from "../../shared/failure/index.ts";
import { describeNative } from "../native/index.ts";
import { describeSqlite } from "../store/index.ts";
import type { AppFiles } from "./app-files.ts";
import type { CoreTools } from "./core-tools.ts";
import type { FfmpegFinder } from "./ffmpeg-finder.ts";
import { examineWorker } from "./worker-examination.ts";

export type Finding = AnswerOf<"app.doctor">["findings"][number];

type Machine = {
  readonly tools: CoreTools;
  readonly appFiles: AppFiles;
  readonly ffmpeg: FfmpegFinder;
  readonly projectFolder: string | undefined;
};

type Check = (machine: Machine) => Finding | Promise<Finding | readonly Finding[]>;

const checks: Readonly<Record<string, Check>> = {
  node: () => examineNode(process.versions.node),
  ffmpeg: ({ ffmpeg }) => examineFfmpeg(ffmpeg),
  "native-kernels": () => {
    const { serves, simd, reason } = describeNative();
    return serves === "addon"
      ? good("native-kernels", `C++ kernels, ${simd}`)
      : { subject: "native-kernels", state: "degraded", found: "TypeScript kernels", advice: reason };
  },
  sqlite: () => good("sqlite", describeSqlite().version),
  workers: ({ tools }) => examineWorkers(tools),
  "disk-space": ({ projectFolder, tools }) => examineDisk(projectFolder ?? tools.folders.home),
  settings: ({ appFiles }) => examineSettings(appFiles),
};

export async function examineMachine(machine: Machine): Promise<Finding[]> {
  const findings = await Promise.all(
    Object.entries(checks).map(async ([subject, check]) => {
      try {
        return await check(machine);
      } catch (error) {
        const { message, hint } = toFailureData(error);
        return { subject, state: "missing", found: message, advice: hint === "" ? "Look at the log." : hint } as const;
      }
    }),
  );
  return findings.flat();
}

const good = (subject: string, found: string): Finding => ({ subject, state: "good", found, advice: "" });

const neededNodeMajor = 24;

export function examineNode(version: string): Finding {
  const major = Number(version.split(".")[0]);
  if (major >= neededNodeMajor) return good("node", version);
  const advice = `Start through npm, which brings Node ${neededNodeMajor} with it.`;
  return { subject: "node", state: "missing", found: version, advice };
}

/** What each encoder is for; without it that much is missing and all else works. */
const wantedEncoders: Readonly<Record<string, string>> = {
  libx264: "previews and H.264",
  libx265: "HEVC",
  prores_ks: "ProRes",
  dnxhd: "DNxHR",
  ffv1: "lossless takes",
  aac: "AAC sound",
  mjpeg: "thumbnails",
};

async function examineFfmpeg(ffmpeg: FfmpegFinder): Promise<Finding> {
  const { version, ffmpegPath, encoders } = await ffmpeg();
  const found = `${version} at ${ffmpegPath}`;
  const lacking = Object.entries(wantedEncoders).filter(([name]) => !encoders.has(name));
  if (lacking.length === 0) return good("ffmpeg", found);
  const names = lacking.map(([name, purpose]) => `${name} (${purpose})`).join(", ");
  return {
    subject: "ffmpeg",
    state: "degraded",
    found,
    advice: `Install a build with ${names}, or set DUBWRIGHT_FFMPEG to one.`,
  };
}

/** That a worker starts is one finding, what it can infer with another. */
async function examineWorkers(tools: CoreTools): Promise<readonly Finding[]> {
  const startedMs = tools.clock.monotonicMs();
  const { providers } = await examineWorker(tools);
  const tookMs = Math.round(tools.clock.monotonicMs() - startedMs);
  const available = providers.filter((report) => report.available).map(({ provider }) => provider);
  const accelerators = available.filter((provider) => provider !== "cpu");
  // What this system's build cannot have anyway is no advice.
  const passedOver = providers
    .filter(({ available: isAvailable, reason }) => !isAvailable && !reason.includes("has no"))
    .map(({ provider, reason }) => `${provider}: ${firstSentence(reason)}`);
  return [
    good("workers", `a worker started and answered in ${tookMs} ms`),
    accelerators.length > 0
      ? good("onnx-runtime", available.join(", "))
      : {
          subject: "onnx-runtime",
          state: available.length > 0 ? "degraded" : "missing",
          found: available.length > 0 ? `${available.join(", ")} only: inference will be slow` : "no device computes",
          advice: passedOver.join(" ") || "This system has no accelerator that ONNX Runtime can use.",
        },
  ];
}

const firstSentence = (text: string): string => `${text.split(/\.\s/)[0]?.replace(/\.$/, "")}.`;

// A feature film with its proxies and some takes; below the second, even backups of the project may fail.
const comfortableBytes = 20e9;
const leastBytes = 1e9;

async function examineDisk(folder: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(folder);
  const freeBytes = bavail * bsize;
  const found = `${(freeBytes / 1e9).toFixed(1)} GB free at ${folder}`;
  if (freeBytes >= comfortableBytes) return good("disk-space", found);
  const state = freeBytes >= leastBytes ? "degraded" : "missing";
  return { subject: "disk-space", state, found, advice: "Free some space, or keep projects on another disk." };
}

async function examineSettings(appFiles: AppFiles): Promise<Finding> {
  await appFiles.read("settings");
  await appFiles.read("recent");
  if (appFiles.putAside.length === 0) return good("settings", "readable");
  return {
    subject: "settings",
    state: "degraded",
    found: "a damaged file was put aside, and defaults are used",
    advice: `Look at ${appFiles.putAside.join(", ")}; then delete it.`,
  };
}
