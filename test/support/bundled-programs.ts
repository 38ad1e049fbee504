// Child programs of tests, built as a package builds the core: a fault test starts hundreds, and each would else read and
// strip some two hundred sources again.
import { mkdir, symlink } from "node:fs/promises";
import path from "node:path";
import { build } from "vite";

const checkout = path.resolve(import.meta.dirname, "../..");
const natives = ["better-sqlite3", "onnxruntime-node"];

/** Builds programs of test/support (names without their ending) into `folder`; answers the path of each. */
export async function bundlePrograms<Name extends string>(
  folder: string,
  names: readonly Name[],
): Promise<(name: Name) => string> {
  const outDir = path.join(folder, "programs");
  await build({
    root: checkout,
    configFile: false,
    logLevel: "error",
    build: {
      ssr: true,
      outDir,
      target: "node24",
      minify: false,
      rolldownOptions: {
        input: Object.fromEntries(names.map((name) => [name, path.join(import.meta.dirname, `${name}.ts`)])),
        external: natives,
        output: { format: "es", entryFileNames: "[name].mjs", chunkFileNames: "[name]-[hash].mjs" },
      },
    },
    ssr: { noExternal: true, external: natives },
  });
  // Where native packages are found from the built programs.
  await mkdir(path.join(folder, "node_modules"), { recursive: true });
  for (const name of natives)
    await symlink(path.join(checkout, "node_modules", name), path.join(folder, "node_modules", name));
  return (name) => path.join(outDir, `${name}.mjs`);
}
