// Builds the editor's page. No inline script, style or data URL: the page runs under a strict content security policy.
import path from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  root: path.join(import.meta.dirname, "src/renderer"),
  // Relative, so that one build works under app:// and under http.
  base: "./",
  plugins: [react()],
  build: {
    outDir: path.join(import.meta.dirname, "dist/renderer"),
    emptyOutDir: true,
    target: "es2024",
    // The policy allows no data: URL, so nothing may be inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
  },
});
