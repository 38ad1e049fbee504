// npm run bench -- NAME: runs one benchmark under Node 24; without a name it lists them.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { node24 } from "./setup/packages.mjs";
import { root, runAttached, runTool, say } from "./setup/shell.mjs";
import { setUp } from "./setup.mjs";

const folder = path.join(root, "tools", "bench");

/** The names and the header lines of the benchmarks; what is shared between them lives in folders below. */
function benchmarks() {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .map((file) => {
      const [firstLine = ""] = readFileSync(path.join(folder, file), "utf8").split("\n");
      return { name: file.replace(/\.ts$/, ""), says: firstLine.replace(/^\/\/\s*/, "") };
    });
}

await runTool(async () => {
  const [name, ...args] = process.argv.slice(2);
  const known = benchmarks();
  if (!known.some((benchmark) => benchmark.name === name)) {
    if (name !== undefined) say(`There is no benchmark "${name}".`);
    say("npm run bench -- NAME");
    for (const benchmark of known) say(`  ${benchmark.name.padEnd(12)} ${benchmark.says}`);
    return name === undefined ? 0 : 2;
  }
  await setUp();
  return runAttached(node24, [path.join(folder, `${name}.ts`), ...args]);
});
