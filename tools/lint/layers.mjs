// The one table of the house: which room may import which, and who owns each dangerous package.
// The lint rule house/layers and the architecture drawing both read it.

/** Shelves from the ground up. A room imports rooms on lower shelves only, always through their index.ts. */
export const shelves = [
  ["shared/time"],
  ["shared/project"],
  ["shared/contract"],
  ["core/base"],
  ["core/native"],
  ["core/tensor", "core/store", "core/jobs", "core/media", "core/audio"],
  ["core/onnx"],
  ["core/weights"],
  ["core/autodiff", "core/diffusion", "core/models"],
  ["core/faces"],
  ["core/lipsync", "core/training", "core/evaluation", "core/export"],
  ["core/commands"],
  ["main", "cli", "web"],
];

/** These rooms see shared rooms and nothing else of ours. */
export const sharedOnly = ["renderer", "preload"];

/** Hosts see shared rooms, core/base and core/commands; never single rooms of the core. */
export const hosts = ["main", "cli", "web"];
export const hostsMaySee = ["core/base", "core/commands"];

/** Packages, globals and Node modules with owners; any other room that names them is refused. */
export const owners = {
  electron: ["main", "preload"],
  "better-sqlite3": ["core/store"],
  "onnxruntime-node": ["core/onnx"],
  "fluent-ffmpeg": ["core/media"],
  "node:child_process": ["core/media", "core/jobs", "main"],
  "node:worker_threads": [],
  "node:http": ["web"],
  "node:https": [],
  "node:net": ["web"],
  ws: ["web"],
  react: ["renderer"],
  "react-dom": ["renderer"],
  "react-aria-components": ["renderer"],
  "wavesurfer.js": ["renderer"],
  zustand: ["renderer"],
};
