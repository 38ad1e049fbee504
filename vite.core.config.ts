// Builds core host and worker for the packaged application: plain Node runs them; native packages stay beside them.
import path from "node:path";
import { defineConfig } from "vite";

const commands = path.join(import.meta.dirname, "src/core/commands");

export default defineConfig({
  build: {
    ssr: true,
    outDir: path.join(import.meta.dirname, "dist/core"),
    emptyOutDir: true,
    target: "node24",
    rolldownOptions: {
      input: { "core-host": path.join(commands, "core-host.ts"), worker: path.join(commands, "worker.ts") },
      external: ["better-sqlite3", "onnxruntime-node"],
      // Side by side: parts beside the core (worker, addon, ffmpeg) are found from wherever a module has come to lie.
      output: { format: "es", entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" },
    },
  },
  ssr: { noExternal: true, external: ["better-sqlite3", "onnxruntime-node"] },
});
