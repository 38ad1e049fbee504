// Programs from outside npm: where they are looked for, and how the system's package manager is asked for them.
import { statSync } from "node:fs";
import path from "node:path";
import { askProgram, findOnPath, root, runAttached, say, SetupError } from "./shell.mjs";

const OLDEST_FFMPEG = "5.1";
/** The library that came with it. */
const OLDEST_LIBAVUTIL = [57, 28];

/** Package managers in the order they are tried. Only apt-get is exercised by our tests. */
const packageManagers = [
  {
    command: "apt-get",
    refresh: ["update", "-qq"],
    install: ["install", "-y", "-qq", "--no-install-recommends"],
    asRoot: true,
  },
  { command: "dnf", install: ["install", "-y"], asRoot: true },
  { command: "pacman", install: ["-S", "--noconfirm"], asRoot: true },
  { command: "zypper", install: ["--non-interactive", "install"], asRoot: true },
  { command: "brew", install: ["install"], asRoot: false },
];

const isRoot = () => process.getuid?.() === 0;
const maySudo = () => findOnPath("sudo") !== undefined && askProgram("sudo", ["-n", "true"]) !== undefined;

/** Installs system packages where that is possible without asking anyone; returns whether it was. */
export async function installSystemPackages(names) {
  const manager = packageManagers.find(({ command }) => findOnPath(command) !== undefined);
  if (manager === undefined) return false;
  const { command, refresh, install, asRoot } = manager;
  if (asRoot && !isRoot() && !maySudo()) return false;
  const prefix = asRoot && !isRoot() ? ["sudo", "-n"] : [];
  const run = (args) => {
    const [file, ...rest] = [...prefix, command, ...args];
    return runAttached(file, rest, { DEBIAN_FRONTEND: "noninteractive" });
  };
  say(`set-up: installing ${names.join(", ")} with ${command} ...`);
  if (refresh !== undefined) await run(refresh);
  return (await run([...install, ...names])) === 0;
}

/** True for 5.1 and newer, told by libavutil, because builds from git name no release. */
export function isNewEnoughFfmpeg(banner) {
  const match = /libavutil\s+(\d+)\.\s*(\d+)/.exec(banner);
  const [major, minor] = [Number(match?.[1] ?? 0), Number(match?.[2] ?? 0)];
  return major > OLDEST_LIBAVUTIL[0] || (major === OLDEST_LIBAVUTIL[0] && minor >= OLDEST_LIBAVUTIL[1]);
}

/** A folder is good when ffmpeg and ffprobe stand in it side by side and run. */
function holdsFfmpeg(folder) {
  const suffix = process.platform === "win32" ? ".exe" : "";
  const banner = askProgram(path.join(folder, `ffmpeg${suffix}`), ["-version"]);
  return (
    banner !== undefined &&
    isNewEnoughFfmpeg(banner) &&
    askProgram(path.join(folder, `ffprobe${suffix}`), ["-version"]) !== undefined
  );
}

/** The order everyone keeps to: the person's choice (program or folder), then beside the app, then PATH. */
function hasFfmpeg() {
  const chosen = process.env.DUBWRIGHT_FFMPEG;
  if (chosen) {
    const isFolder = statSync(chosen, { throwIfNoEntry: false })?.isDirectory() === true;
    if (holdsFfmpeg(isFolder ? chosen : path.dirname(chosen))) return true;
    throw new SetupError(
      `DUBWRIGHT_FFMPEG is "${chosen}", but no ffmpeg ${OLDEST_FFMPEG} or newer with its ffprobe runs there; correct it or unset it.`,
    );
  }
  const onPath = findOnPath("ffmpeg");
  const folders = [path.join(root, "ffmpeg"), ...(onPath === undefined ? [] : [path.dirname(onPath)])];
  return folders.some(holdsFfmpeg);
}

export async function ensureFfmpeg() {
  if (hasFfmpeg()) return;
  if ((await installSystemPackages(["ffmpeg"])) && hasFfmpeg()) return;
  throw new SetupError(
    `ffmpeg ${OLDEST_FFMPEG} or newer is needed: install it (Debian: sudo apt-get install ffmpeg) or set DUBWRIGHT_FFMPEG to its path.`,
  );
}

const findChromium = () =>
  process.env.DUBWRIGHT_CHROMIUM ??
  ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    .map(findOnPath)
    .find((file) => file !== undefined);

/** A Chromium for the tests that drive the editor, or undefined after saying so. */
export async function ensureChromium() {
  const found = findChromium();
  if (found !== undefined) return found;
  // Vulkan's loader finds the software graphics device that comes with Chromium, on which WebGPU is tried.
  const packages = findOnPath("apt-get") === undefined ? ["chromium"] : ["chromium", "libvulkan1"];
  if (await installSystemPackages(packages)) return findChromium();
  say(
    "set-up: no Chromium found; the browser tests will be listed as skipped. Install chromium or set DUBWRIGHT_CHROMIUM.",
  );
  return undefined;
}
