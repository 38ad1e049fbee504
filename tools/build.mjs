// npm run build: the page, the desktop window's main and preload scripts, and the core of the package. Builds only what is
// older than its sources.
import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { node24 } from "./setup/packages.mjs";
import { root, runQuietly, runTool, say, SetupError } from "./setup/shell.mjs";

const vite = path.join(root, "node_modules", "vite", "bin", "vite.js");

/** What is built, by which configuration, from which sources, and the file that tells when it was built last. */
const parts = [
  {
    name: "page",
    config: "vite.config.ts",
    sources: ["src/renderer", "src/shared", "assets"],
    output: "dist/renderer/index.html",
  },
  {
    name: "main",
    config: "vite.main.config.ts",
    sources: ["src/main", "src/core", "src/shared"],
    output: "dist/main/main.js",
  },
  {
    name: "preload",
    config: "vite.preload.config.ts",
    sources: ["src/preload", "src/shared"],
    output: "dist/preload/preload.cjs",
  },
  {
    name: "core",
    config: "vite.core.config.ts",
    sources: ["src/core", "src/shared"],
    output: "dist/core/core-host.js",
  },
];

/** When a file, or the newest file below a folder, was last changed (ms); 0 where there is none. */
function changedMs(place) {
  const facts = statSync(place, { throwIfNoEntry: false });
  if (facts === undefined) return 0;
  if (!facts.isDirectory()) return facts.mtimeMs;
  return Math.max(facts.mtimeMs, ...readdirSync(place).map((name) => changedMs(path.join(place, name))));
}

/** Builds the stale parts whose names are given; the others are left as they are. */
export async function build(names = parts.map(({ name }) => name)) {
  for (const { name, config, sources, output } of parts) {
    if (!names.includes(name) || !existsSync(path.join(root, config))) continue;
    const inputs = [config, "package-lock.json", ...sources];
    if (changedMs(path.join(root, output)) > Math.max(...inputs.map((input) => changedMs(path.join(root, input)))))
      continue;
    say(`build: ${name} ...`);
    const { exitCode, output: printed } = await runQuietly(
      node24,
      [vite, "build", "--config", config, "--logLevel", "warn"],
      // What a test builds is what ships: libraries behave otherwise under the NODE_ENV of tests, long lists among them.
      { NODE_ENV: "production" },
    );
    if (exitCode !== 0) throw new SetupError(`${printed}\nThe ${name} did not build (above).`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runTool(async () => {
    await build();
    return 0;
  });
}
