// Electron's binary: fetched on first use, checked against the SHA-256 sums that came with its npm package.
import { createRequire } from "node:module";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { node24 } from "./packages.mjs";
import { root, runQuietly, say } from "./shell.mjs";

const folder = path.join(root, "node_modules", "electron");

function installedBinary() {
  const pathFile = path.join(folder, "path.txt");
  if (!existsSync(pathFile)) return undefined;
  const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? path.join(folder, "dist");
  const binary = path.join(dist, readFileSync(pathFile, "utf8"));
  return existsSync(binary) ? binary : undefined;
}

/** Why no window can open here whatever we fetch, or undefined. */
function whyNoWindow() {
  if (process.platform !== "linux") return undefined;
  if (!process.env.DISPLAY && !process.env.WAYLAND_DISPLAY)
    return "there is no screen (neither DISPLAY nor WAYLAND_DISPLAY is set)";
  if (process.getuid?.() === 0) return "Chromium's sandbox does not run as root, and we do not run without it";
  return undefined;
}

/** Fetches the binary of the version in the lock: `{ binary }`, or `{ reason }` in words that end a sentence. */
export async function fetchElectron() {
  const { version } = createRequire(import.meta.url)(path.join(folder, "package.json"));
  say(`set-up: fetching Electron ${version} (about 110 MB, once) ...`);
  // Empty: the sums inside the package decide, never sums from the same place as the download.
  const ownSums = { electron_use_remote_checksums: "", npm_config_electron_use_remote_checksums: "" };
  const { exitCode, output } = await runQuietly(node24, [path.join(folder, "install.js")], ownSums);
  const binary = installedBinary();
  if (exitCode === 0 && binary !== undefined) return { binary };
  const lastWords = output.split("\n").find((line) => /error|checksum|failed|refused/i.test(line)) ?? output.trim();
  const from = process.env.ELECTRON_MIRROR ?? "github.com";
  return { reason: `Electron's binary could not be fetched from ${from} (${lastWords.trim()})` };
}

/** The binary, fetched where that is needed and of any use. */
export async function ensureElectron() {
  const reason = whyNoWindow();
  if (reason !== undefined) return { reason };
  const binary = installedBinary();
  return binary === undefined ? fetchElectron() : { binary };
}
