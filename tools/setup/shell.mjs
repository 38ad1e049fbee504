// Running programs and telling the person about it; for tools that must work before anything is installed (Node 20).
import { spawn, spawnSync } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));
export const binFolder = path.join(root, "node_modules", ".bin");
const isWindows = process.platform === "win32";

/** What a tool could not do, in words for the person at the terminal: no stack, exit code 1. */
export class SetupError extends Error {}

export const say = (line) => process.stdout.write(`${line}\n`);

/** Our own programs first, so that "node" is Node 24 in everything we start, whichever Node started us. */
export const environment = (extra = {}) => ({
  ...process.env,
  PATH: `${binFolder}${path.delimiter}${process.env.PATH ?? ""}`,
  ...extra,
});

function isProgram(file) {
  try {
    accessSync(file, isWindows ? constants.F_OK : constants.X_OK);
    return statSync(file).isFile();
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EACCES"].includes(error.code)) return false;
    throw error;
  }
}

/** The full path of a program on PATH, or undefined. */
export function findOnPath(name) {
  const names = isWindows ? [`${name}.exe`, `${name}.cmd`] : [name];
  const folders = (process.env.PATH ?? "").split(path.delimiter).filter((folder) => folder !== "");
  return folders.flatMap((folder) => names.map((file) => path.join(folder, file))).find(isProgram);
}

/** A program's first words when asked, or undefined when it does not run. */
export function askProgram(file, args) {
  const { status, stdout } = spawnSync(file, args, {
    encoding: "utf8",
    timeout: 20_000,
    shell: isWindows && /\.cmd$/i.test(file),
  });
  return status === 0 ? stdout : undefined;
}

/** Runs to the end with the terminal attached; resolves with the exit code (128 + signal when killed). */
export function runAttached(file, args, extra = {}, folder = root) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: folder,
      stdio: "inherit",
      env: environment(extra),
      shell: isWindows && !/\.exe$/i.test(file),
    });
    // Ctrl-C reaches the child as well; its exit code is ours.
    const wait = () => undefined;
    process.on("SIGINT", wait);
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      process.off("SIGINT", wait);
      resolve(code ?? 128 + (signal === "SIGINT" ? 2 : 15));
    });
  });
}

/** Where the person typed the command: npm goes to the package first and leaves a note. */
export const callersFolder = () => process.env.INIT_CWD ?? process.cwd();

/** Node keeps what it has compiled here, so that command line, core and workers start in half the time. */
export const compileCache = { NODE_COMPILE_CACHE: path.join(root, "node_modules", ".cache", "compiled") };

/** Runs to the end and keeps what it prints: `{ exitCode, output }`. */
export function runQuietly(file, args, extra = {}) {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: environment(extra),
      shell: isWindows && !/\.exe$/i.test(file),
    });
    let output = "";
    const keep = (chunk) => (output += chunk);
    child.stdout.setEncoding("utf8").on("data", keep);
    child.stderr.setEncoding("utf8").on("data", keep);
    child.on("error", (error) => resolve({ exitCode: 127, output: `${output}${error.message}\n` }));
    child.on("close", (code) => resolve({ exitCode: code ?? 1, output }));
  });
}

/** Runs a tool's main function; a SetupError becomes one clear sentence instead of a stack. */
export async function runTool(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    process.stderr.write(`\n${error.message}\n`);
    process.exitCode = 1;
  }
}
