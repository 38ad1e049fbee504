// A graphics device made of the processor, for machines that have none: far too slow to work with, exact enough to check on.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { env, platform } from "node:process";

const fileName = "vk_swiftshader_icd.json";

/** SwiftShader, where Chromium, Chrome and Electron bring it along. */
const usualFolders = (): readonly string[] => [
  "/usr/lib/chromium",
  "/usr/lib/chromium-browser",
  "/usr/lib64/chromium-browser",
  "/opt/google/chrome",
  join(dirname(createRequire(import.meta.url).resolve("onnxruntime-node/package.json")), "../electron/dist"),
];

/** What Linux calls a graphics card: a render node of any driver, NVIDIA's own, or Windows' below WSL. */
const cards = ["/dev/dri/renderD128", "/dev/dri/renderD129", "/dev/nvidia0", "/dev/dxg"];

export type Surroundings = {
  readonly environment: Record<string, string | undefined>;
  readonly folders: readonly string[];
  readonly exists: (path: string) => boolean;
};

/**
 * Gives WebGPU a software device where this machine has no graphics card and a browser left one, and answers the path of its
 * description. For checks that asked for WebGPU by name, and before this process has opened its first session: drivers are
 * looked for once. A driver that the person has named stays.
 */
export function lendSoftwareDevice(
  { environment, folders, exists }: Surroundings = { environment: env, folders: usualFolders(), exists: existsSync },
): string | undefined {
  if (platform !== "linux" || cards.some(exists)) return undefined;
  const found = folders.map((folder) => join(folder, fileName)).find(exists);
  const named = environment["VK_ICD_FILENAMES"] ?? environment["VK_DRIVER_FILES"];
  if (found === undefined || (named !== undefined && named !== found)) return undefined;
  environment["VK_ICD_FILENAMES"] = found;
  return found;
}
