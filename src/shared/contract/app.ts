// Operations on the application itself: what it is, what this machine has, its settings, files to choose from.
import { z } from "zod";
import { act, query } from "./kinds.ts";

const nothing = z.strictObject({});

export const settingsSchema = z.strictObject({
  /** Of the interface. Missing until a person chooses one: the nearest to what their browser or system asks for. */
  language: z.enum(["en", "zh-Hans"]).optional(),
  theme: z.enum(["system", "dark", "light"]),
  analyseOnImport: z
    .boolean()
    .optional()
    .describe("Look for shots and faces as soon as a film is imported, beside its previews; off when missing"),
  scoreTakes: z.boolean().optional().describe("Measure takes as soon as they are made; on when missing"),
  /** Another place to fetch models from, which answers for all of them: a mirror. Empty or missing: the publishers. */
  modelsUrl: z.string().max(2000).optional(),
});

const finding = z.strictObject({
  /** Stable name: "ffmpeg", "native-kernels", "onnx-runtime", "disk-space". */
  subject: z.string(),
  /** "degraded" works, but slower or with less. */
  state: z.enum(["good", "degraded", "missing"]),
  found: z.string(),
  /** What to do about it; empty when good. */
  advice: z.string(),
});

const folderEntry = z.strictObject({
  name: z.string(),
  path: z.string(),
  kind: z.enum(["folder", "project", "media", "model", "other"]),
  sizeBytes: z.int().nullable(),
  modifiedAt: z.iso.datetime().nullable(),
});

export const appOperations = {
  "app.info": query({
    says: "Name and version of the application, and where it runs",
    project: "none",
    input: nothing,
    output: z.strictObject({ version: z.string(), platform: z.string(), host: z.enum(["cli", "web", "desktop"]) }),
  }),
  "app.doctor": query({
    says: "What this machine has and lacks: ffmpeg and its encoders, native kernels, ONNX Runtime, disk space",
    project: "none",
    input: nothing,
    output: z.strictObject({ findings: z.array(finding) }),
  }),
  "app.settings": query({
    says: "Settings of the application",
    project: "none",
    input: nothing,
    output: settingsSchema,
  }),
  "app.set": act({
    says: "Change settings of the application",
    project: "none",
    input: settingsSchema.partial(),
    output: settingsSchema,
  }),
  "app.browse": query({
    says: "Folders, projects and media files of a folder on the machine the core runs on; for file dialogs in a browser",
    project: "optional",
    input: z.strictObject({ folder: z.string().max(4096).optional().describe("The home folder when missing") }),
    output: z.strictObject({
      folder: z.string(),
      parent: z.string().nullable(),
      /** Shortcuts: home, the open project's folder, mounted volumes. */
      places: z.array(z.strictObject({ name: z.string(), path: z.string() })),
      entries: z.array(folderEntry),
    }),
  }),
};
