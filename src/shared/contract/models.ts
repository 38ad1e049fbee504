// Operations on the models of this machine: which there are, fetching, importing, verifying and removing them.
import { z } from "zod";
import { act, job, query } from "./kinds.ts";

const nothing = z.strictObject({});
const modelName = z
  .string()
  .min(1)
  .max(80)
  .describe("The id of a published model, or the first digits of a stored one's SHA-256");
const dtype = z
  .enum(["float32", "float16"])
  .default("float32")
  .describe("float16 takes half the room and rounds every weight");
const acceptLicence = z.boolean().default(false).describe("You have read the licence and accept it");

const licence = z.strictObject({
  id: z.string(),
  title: z.string(),
  url: z.string(),
  /** Of the text at `url`, in our own words. */
  summary: z.string(),
  /** What it forbids; to be shown before it is accepted. */
  restrictions: z.array(z.string()),
  acceptedAt: z.iso.datetime().nullable(),
});

const storedModel = z.strictObject({
  contentSha256: z.string(),
  title: z.string(),
  network: z.string(),
  dtype: z.enum(["float32", "float16"]),
  sizeBytes: z.int(),
  parameterCount: z.int(),
  trainedForPx: z.int().nullable(),
  importedAt: z.iso.datetime(),
  originFileName: z.string(),
  /** Whether it came from the very file that was published; null where its publisher gives no hash. */
  isPublishedFile: z.boolean().nullable(),
});

const publishedModel = z.strictObject({
  modelId: z.string(),
  title: z.string(),
  purpose: z.string(),
  role: z.enum(["dubbing", "training", "evaluation"]),
  /** Null where this release has no network for it yet: it is listed and cannot be used. */
  network: z.string().nullable(),
  trainedForPx: z.int().nullable(),
  fileName: z.string(),
  sizeBytes: z.int(),
  isSizeExact: z.boolean(),
  /** Null where nobody has published it. */
  sha256: z.string().nullable(),
  /** Where it is asked for first. */
  address: z.string(),
  licenceId: z.string(),
  notes: z.array(z.string()),
  /** What an unfinished download has left; it goes on from there. */
  downloadedBytes: z.int(),
  stored: z.array(storedModel),
});

const stored = z.strictObject({ contentSha256: z.string(), modelId: z.string().nullable(), title: z.string() });

export const modelOperations = {
  "models.list": query({
    says: "Published models with their licences, and what of them lies on this machine",
    project: "none",
    input: nothing,
    output: z.strictObject({
      folder: z.string(),
      licences: z.array(licence),
      models: z.array(publishedModel),
      /** Stored models that are none of the published ones: fine-tuned or repacked. */
      own: z.array(storedModel),
      /** Folders that should hold a model and don't. */
      damaged: z.array(z.strictObject({ folder: z.string(), why: z.string() })),
    }),
  }),
  "models.download": job({
    says: "Fetch a published model and convert it; an unfinished download goes on where it stopped",
    project: "none",
    input: z.strictObject({ modelId: z.string().min(1).max(80), dtype, acceptLicence }),
    output: stored,
  }),
  "models.import": job({
    says: "Convert a checkpoint (.pt, .pth, .safetensors) that lies on this machine; the file itself stays",
    project: "none",
    input: z.strictObject({
      path: z.string().min(1).max(4096),
      as: z.string().max(80).optional().describe("The published model that it is, where the file does not tell"),
      trainedForPx: z
        .int()
        .positive()
        .max(4096)
        .optional()
        .describe("The size of pictures it was trained on, where the file does not tell: 256 or 512"),
      dtype,
      acceptLicence,
    }),
    output: stored,
  }),
  "models.verify": job({
    says: "Read every byte of a stored model and compare it with what was imported",
    project: "none",
    input: z.strictObject({ model: modelName }),
    output: stored,
  }),
  "models.check": job({
    says: "Run a file of reference inputs and outputs through its network and say how far the answers are apart",
    project: "none",
    input: z.strictObject({
      vectors: z.string().min(1).max(4096).describe("A .vectors.safetensors file with its checkpoint beside it"),
      provider: z.enum(["cpu", "cuda", "tensorrt", "dml", "coreml", "webgpu"]).default("cpu"),
      precision: z.enum(["float32", "float16", "int8"]).default("float32"),
    }),
    output: z.strictObject({
      outputs: z.array(
        z.strictObject({
          case: z.string(),
          output: z.string(),
          /** |ours - reference| / |reference| over all elements, Euclidean. */
          relativeError: z.number(),
          maxAbsolute: z.number(),
        }),
      ),
      family: z.string(),
      provider: z.string(),
      /** The driver that let the processor stand in for a graphics card; null where none was needed. */
      softwareDevice: z.string().nullable(),
      /** Outputs of the file that this release computes no counterpart of. */
      notComputed: z.array(z.string()),
      /** For each network that was run, what a device left to the CPU; empty where the CPU itself was asked for. */
      placements: z.array(
        z.strictObject({
          network: z.string(),
          case: z.string(),
          nodeCount: z.int(),
          cpuNodeCount: z.int(),
          /** The operators of those nodes, each once. */
          cpuOperators: z.array(z.string()),
        }),
      ),
    }),
  }),
  "models.remove": act({
    says: "Remove a stored model, or what an unfinished download has left",
    project: "none",
    input: z.strictObject({ model: modelName }),
    output: z.strictObject({ freedBytes: z.int() }),
  }),
};
