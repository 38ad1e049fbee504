// Builds native/build/dubwright.node with whatever C++ compiler the machine has; without one the product runs on the
// TypeScript twins. No dependencies, and runs under Node 20. `--force` builds even when nothing changed.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const sourceDir = join(root, "native", "src");
const buildDir = join(root, "native", "build");
const addonPath = join(buildDir, "dubwright.node");
const stampPath = join(buildDir, "stamp");

// Contraction to fused multiply-add would round floats differently from the TypeScript twin.
const commonFlags = ["-O3", "-std=c++20", "-fPIC", "-fvisibility=hidden", "-ffp-contract=off", "-Wall", "-Wextra"];
const units = [
  { source: "addon.cpp", flags: [] },
  { source: "kernels-baseline.cpp", flags: [] },
  { source: "kernels-avx2.cpp", flags: process.arch === "x64" ? ["-mavx2"] : [] },
];
const linkFlags =
  process.platform === "darwin"
    ? ["-bundle", "-undefined", "dynamic_lookup"]
    : ["-shared", "-static-libgcc", "-static-libstdc++"]; // runs on machines with an older C++ library, too

function say(line) {
  console.log(`native: ${line}`);
}

function findCompiler() {
  const named = process.env.CXX === undefined ? [] : [process.env.CXX];
  for (const command of [...named, "c++", "g++", "clang++"]) {
    const asked = spawnSync(command, ["--version"], { encoding: "utf8" });
    if (asked.status === 0) return { command, version: asked.stdout.split("\n")[0] ?? command };
  }
  return undefined;
}

function findHeaders() {
  try {
    return createRequire(import.meta.url)("node-api-headers").include_dir;
  } catch (error) {
    if (error.code === "MODULE_NOT_FOUND") return undefined; // the caller says it
    throw error;
  }
}

/** What the addon is made from: sources, flags, compiler, machine. A change of any of them means a new build. */
function stampOf(compiler) {
  const hash = createHash("sha256");
  for (const name of readdirSync(sourceDir).toSorted()) {
    hash.update(`${name}\0`).update(readFileSync(join(sourceDir, name)));
  }
  hash.update(JSON.stringify([commonFlags, units, linkFlags, compiler.version, process.platform, process.arch]));
  return hash.digest("hex");
}

function readStamp() {
  return existsSync(stampPath) && existsSync(addonPath) ? readFileSync(stampPath, "utf8") : "";
}

function run(compiler, args) {
  const done = spawnSync(compiler.command, args, { encoding: "utf8" });
  if (done.status === 0) return;
  throw new Error(`${compiler.command} ${args.join(" ")}\n${done.stderr ?? ""}${done.error?.message ?? ""}`);
}

function build(compiler, includeDir, workDir) {
  const objects = units.map(({ source, flags }) => {
    const object = join(workDir, source.replace(/\.cpp$/, ".o"));
    run(compiler, [...commonFlags, ...flags, `-I${includeDir}`, "-c", join(sourceDir, source), "-o", object]);
    return object;
  });
  const linked = join(workDir, "dubwright.node");
  run(compiler, [...linkFlags, ...objects, "-o", linked]);
  renameSync(linked, addonPath); // Whole or not at all: a process that has the old one loaded keeps it.
}

function main() {
  if (process.platform === "win32") {
    say("not built: Windows needs an import library for node.exe; the TypeScript twins serve instead");
    return 0;
  }
  const compiler = findCompiler();
  if (compiler === undefined) {
    say("not built: no C++ compiler found (looked for $CXX, c++, g++, clang++); the TypeScript twins serve instead");
    return 0;
  }
  const includeDir = findHeaders();
  if (includeDir === undefined) {
    say("not built: the npm package node-api-headers is not installed; the TypeScript twins serve instead");
    return 0;
  }
  const stamp = stampOf(compiler);
  if (readStamp() === stamp && !process.argv.includes("--force")) {
    say("native/build/dubwright.node is up to date");
    return 0;
  }
  const workDir = join(buildDir, `work-${process.pid}`);
  mkdirSync(workDir, { recursive: true });
  try {
    build(compiler, includeDir, workDir);
    writeFileSync(stampPath, stamp);
  } finally {
    rmSync(workDir, { recursive: true, force: true });
  }
  say(`built native/build/dubwright.node with ${compiler.version}`);
  return 0;
}

try {
  process.exitCode = main();
} catch (error) {
  // A compiler that is there and fails is a fault worth a red build; the twins would hide it.
  say(`the build failed:\n${error.message}`);
  process.exitCode = 1;
}
