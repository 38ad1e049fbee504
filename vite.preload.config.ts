// Builds the preload script: one CommonJS file, because a sandboxed preload script has no module loader.
import path from "node:path";
import { defineConfig } from "vite";

export default defineConfig({
  build: {
    ssr: path.join(import.meta.dirname, "src/preload/preload.ts"),
    outDir: path.join(import.meta.dirname, "dist/preload"),
    emptyOutDir: true,
    target: "node24",
    rolldownOptions: { external: ["electron"], output: { format: "cjs", entryFileNames: "preload.cjs" } },
  },
  ssr: { noExternal: true, external: ["electron"] },
});
