// Builds the desktop shell's main script: one ES module; Electron and Node's own modules stay outside.
import path from "node:path";
import { defineConfig } from "vite";

export default defineConfig({
  build: {
    ssr: path.join(import.meta.dirname, "src/main/main.ts"),
    outDir: path.join(import.meta.dirname, "dist/main"),
    emptyOutDir: true,
    target: "node24",
    rolldownOptions: { external: ["electron"], output: { format: "es", entryFileNames: "main.js" } },
  },
  ssr: { noExternal: true, external: ["electron"] },
});
