// The npm packages as the lock file names them, among them Node 24, which runs everything else.
import { createHash } from "node:crypto";
import { existsSync, lstatSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { askProgram, binFolder, root, runAttached, say, SetupError } from "./shell.mjs";

const WANTED_NODE_MAJOR = 24;
const modules = path.join(root, "node_modules");
const stampFile = path.join(modules, ".dubwright-lock-sha256");

const link = path.join(binFolder, process.platform === "win32" ? "node.cmd" : "node");

/** On Windows the program itself: a .cmd runs in a shell, which takes paths and titles apart at their spaces. */
export const node24 = process.platform === "win32" ? platformBinary() : link;

/** True when what npm wrote down about its last installation agrees with the lock, package by package. */
function isInstalled(lock) {
  const notes = path.join(modules, ".package-lock.json");
  if (!existsSync(notes)) return false;
  const installed = JSON.parse(readFileSync(notes, "utf8")).packages;
  return Object.entries(lock.packages).every(
    ([folder, { version, optional }]) => folder === "" || optional || installed[folder]?.version === version,
  );
}

export async function ensurePackages() {
  const lockText = readFileSync(path.join(root, "package-lock.json"), "utf8");
  const lockHash = createHash("sha256").update(lockText).digest("hex");
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === lockHash) return;
  if (!isInstalled(JSON.parse(lockText))) {
    if (existsSync(modules) && lstatSync(modules).isSymbolicLink()) {
      throw new SetupError("node_modules is a link and does not fit package-lock.json; run npm ci where it points to.");
    }
    say("set-up: installing npm packages (npm ci) ...");
    const npm = process.platform === "win32" ? "npm.cmd" : "npm";
    const exitCode = await runAttached(npm, ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
    if (exitCode !== 0) throw new SetupError(`npm ci failed (exit ${exitCode}); is the package registry reachable?`);
  }
  writeFileSync(stampFile, lockHash);
}

/** The Node binary of this system, as npm's platform package holds it. */
export function platformBinary() {
  const { platform, arch } = process;
  const prefix = platform === "darwin" && arch === "arm64" ? "node-bin" : "node";
  const system = platform === "win32" ? "win" : platform;
  const name = platform === "win32" ? "node.exe" : "node";
  return path.join(modules, `${prefix}-${system}-${arch}`, "bin", name);
}

/** npm 11 links it by itself; older ones leave the binaries of optional packages out. */
function linkNode24() {
  const binary = platformBinary();
  if (!existsSync(binary)) return;
  rmSync(link, { force: true });
  const relative = path.relative(binFolder, binary);
  if (process.platform === "win32") writeFileSync(link, `@"%~dp0\\${relative}" %*\r\n`);
  else symlinkSync(relative, link);
}

const node24Version = () => (existsSync(node24) ? askProgram(node24, ["--version"])?.trim() : undefined);
const isNode24 = (version) => version?.startsWith(`v${WANTED_NODE_MAJOR}.`) === true;

/** Refuses to go on without the Node the product is written for: under Node 20 the store's addon crashes. */
export function ensureNode24() {
  if (existsSync(link) && isNode24(node24Version())) return;
  linkNode24();
  const version = node24Version();
  if (isNode24(version)) return;
  const found = version === undefined ? "there is none" : `it is ${version}`;
  throw new SetupError(
    `Node ${WANTED_NODE_MAJOR} was expected in node_modules/.bin, but ${found}. ` +
      `It comes as an optional package for ${process.platform}-${process.arch}; run: npm ci --include=optional`,
  );
}
