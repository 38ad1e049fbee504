// The one table of the house: which room may import which, and who owns each dangerous package, module and global.
// The lint rules house/layers and house/owners read it, and so does the architecture drawing.

/** Shelves from the ground up. A room imports rooms on lower shelves only, always through their index.ts. */
export const shelves = [
  ["shared/failure", "shared/desktop"],
  ["shared/time"],
  ["shared/project"],
  ["shared/contract"],
  ["core/base"],
  ["core/native", "core/serving"],
  ["core/tensor", "core/store", "core/jobs", "core/media", "core/audio"],
  ["core/onnx"],
  ["core/weights"],
  ["core/autodiff", "core/diffusion", "core/models"],
  ["core/faces"],
  ["core/lipsync", "core/training", "core/evaluation", "core/export"],
  ["core/commands"],
  ["web"],
  ["main", "cli"],
];

/** These rooms see shared rooms and nothing else of ours, and no Node module: they run in the page's sandbox. */
export const sharedOnly = ["renderer", "preload"];

/**
 * Hosts see shared rooms, core/base, core/serving, core/commands and the web host, which cli and main can start; never
 * single rooms of the core.
 */
export const hosts = ["main", "cli", "web"];
export const hostsMaySee = ["core/base", "core/serving", "core/commands", "web"];

/** Packages a shared room may use; it runs anywhere, so there is nothing else it can rely on. */
export const sharedPackages = ["zod"];

/** Packages and Node modules with owners; any other room that names them is refused. */
export const owners = {
  electron: ["main", "preload"],
  "better-sqlite3": ["core/store"],
  "onnxruntime-node": ["core/onnx"],
  "fluent-ffmpeg": ["core/media"],
  "node:child_process": ["core/media", "core/jobs", "main", "cli"],
  "node:worker_threads": [],
  "node:cluster": [],
  "node:sqlite": [],
  "node:http": ["web"],
  "node:https": [],
  "node:http2": [],
  "node:net": ["web"],
  "node:tls": [],
  "node:dgram": [],
  ws: ["web"],
  react: ["renderer"],
  "react-dom": ["renderer"],
  "react-i18next": ["renderer"],
  "react-aria-components": ["renderer"],
  "@tanstack/react-virtual": ["renderer"],
  "wavesurfer.js": ["renderer"],
  zustand: ["renderer"],
};

/**
 * Globals with owners. `within` is where the wall stands (folders of src), `owners` the rooms that may pass,
 * `instead` what everyone else does.
 */
export const globalOwners = {
  console: { within: [""], owners: ["cli"], instead: "take a Logger (core/base) as an argument" },
  "process.argv": { within: [""], owners: ["cli"], instead: "take the value as an argument or a setting" },
  "Date.now": {
    within: ["shared", "core"],
    owners: ["core/base"],
    instead: "take a Clock (core/base) and call clock.nowMs()",
  },
  "performance.now": {
    within: ["shared", "core"],
    owners: ["core/base"],
    instead: "take a Clock (core/base) and call clock.monotonicMs()",
  },
  "Math.random": {
    within: ["shared", "core"],
    owners: ["core/base"],
    instead: "take a Random (core/base), so that the same seed gives the same result",
  },
  "crypto.randomUUID": {
    within: ["shared", "core"],
    owners: ["core/base"],
    instead: "take a Random (core/base), so that the same seed gives the same result",
  },
  fetch: {
    within: ["shared", "core", "main", "cli", "preload"],
    owners: ["core/weights"],
    instead: "leave the network alone: only core/weights downloads, and only when a person asks for it",
  },
};
